// Package static holds the style sheet, the ES modules and the icons, embedded in the binary, and serves them under
// names that carry a hash of their content.
//
// It imports nothing of ours. A new file goes into css, js or icons and is served as soon as it is there; a page links
// it with [Set.URL], which panics on an unknown name so that a test of any page finds a dead link.
package static
