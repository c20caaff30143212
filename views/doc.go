// Package views makes the HTML. Each screen is one exported templ component that takes the page's frame ([Page]) and a
// model shaped like the screen; what is shown is decided in plain Go before, so that templates only lay out.
//
// It may import the asset set and the types of package tallyfy: never its client, Echo, or sessions. A new screen is
// a .templ file here, its links are methods of [URLs], and what more than one screen needs is a component in
// views/components. Run "make generate" after changing a .templ file; the generated code is committed.
package views
