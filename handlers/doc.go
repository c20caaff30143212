// Package handlers is the web application: it takes requests through Echo, reads and writes through the API client with
// the signed-in person's own token, and answers with pages from package views.
//
// One file per flow, named resource_action.go, holds what shows it, what carries it out and the parsing of its form. What
// several flows share stands in a file without an underscore: liststate.go for the state of the lists, rows.go for shaping
// members and groups, reads.go for reading them. A new page is a row in routes.go, a file here, a screen in views and an
// address in views/urls.go. What can be decided without a request lives in the plain packages below: removal, directory,
// listing, logo, store, config; what all pages share of Echo is in web. The tests of whole pages are in the folders of tests, and use the application through sitetest.
package handlers
