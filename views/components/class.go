package components

import (
	"strings"

	"github.com/a-h/templ"
)

// classes is the class attribute of parts that a page has many of. Written class={ … }, it would
// be the most expensive part of a row: templ searches each name for a style of its own.
func classes(names string) templ.OrderedAttributes {
	return templ.OrderedAttributes{{Key: "class", Value: strings.TrimSpace(names)}}
}
