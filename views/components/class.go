package components

import (
	"strings"

	"github.com/a-h/templ"
)

// classes is the class attribute of parts that a page has many of. Written class={ … }, it would be the dearest part of a row:
// templ looks into each name for a style of its own.
func classes(names string) templ.OrderedAttributes {
	return templ.OrderedAttributes{{Key: "class", Value: strings.TrimSpace(names)}}
}
