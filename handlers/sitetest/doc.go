// Package sitetest drives the whole web application for tests, on a sandbox, as its visitors do: over HTTP, reading pages,
// filling in their forms and following their links, or with a real Chromium (browser.go). Package
// program below it starts the built program instead.
//
// It is no part of the program, only of the tests below handlers/tests. Whatever fails in it fails the test that it was
// given. A helper that one folder alone needs stands there, not here.
package sitetest
