// Package views makes the HTML. Each screen is one exported templ component that takes the page's
// frame ([Page]) and a model shaped like the screen. The models are filled in plain Go before, so
// that templates only lay out.
//
// It may import the asset set and the types of package tallyfy, never its client, Echo, sessions
// or package listing. A new screen is a .templ file here. Its links are methods of [URLs], and
// parts that two screens need are components in views/components. Run "make generate" after
// changing a .templ file; the generated code is committed.
package views
