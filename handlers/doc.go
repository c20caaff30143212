// Package handlers is the web application: it takes requests through Echo, reads and writes through the
// API client with the signed-in person's own token, and answers with pages from package views.
//
// A file named resource_action.go is a flow: it holds the pages of the flow, their forms and their
// parsing. The files of one flow share their first two words. A file without an underscore belongs to the
// frame, which every flow may use: liststate.go for the state of lists, rows.go for shaping members
// and groups, tasks.go for open tasks, people.go for the panel that adds people, reads.go for reading
// them, snapshot.go for the copies of all, invalidate.go for what a change makes out of date, edits.go
// for the ways in which an edit of a group ends, jobs.go for jobs of many changes, persons.go for those of a change of one person, drafts.go
// for forms that were not carried out, trash.go for what is kept of a deleted group. No flow uses another,
// and the frame uses none but in routes.go: a test in tests/rules holds that.
//
// Everything that belongs to an organisation has its address below /o/{org}, and acts there, whatever other
// tabs do: a session may have entered several organisations. The addresses from before that lead there.
//
// A new page is a row in routes.go, a flow here, a screen in views and an address in views/urls.go. What
// can be decided without a request lives in the plain packages below, such as removal, directory, cache
// and listing. What all pages share of Echo is in web. The tests of whole pages are in the other folders of
// tests, and use the application through sitetest.
package handlers
