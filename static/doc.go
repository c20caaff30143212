// Package static holds the style sheet, the ES modules and the icons, embedded in the program, and
// serves them under addresses that carry a hash of their content.
//
// It imports nothing of ours. A new file goes into css, js or icons and is served at once. A page
// links it with [Set.URL], which panics on an unknown name, so that a test of any page finds a dead
// link.
package static
