package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// parameters read a query strictly. A parameter that is not documented for the operation is a
// problem, so that a mistyped one is not silently ignored.
type parameters struct {
	values   url.Values
	problems problems
}

func (c *call) parameters(known ...string) parameters {
	p := parameters{values: c.r.URL.Query(), problems: problems{}}
	for name := range p.values {
		if !slices.Contains(known, name) {
			p.problems.add(name, "The %s parameter is not known here.", name)
		}
	}
	return p
}

// text is a value for a search: in lower case, without outer space.
func (p parameters) text(name string) string { return foldName(p.values.Get(name)) }

// number is a whole number, def if the parameter is absent or empty.
func (p parameters) number(name string, def int) int {
	text := p.values.Get(name)
	if text == "" {
		return def
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		p.problems.add(name, "The %s must be at least 1.", name)
		return def
	}
	return n
}

// oneOf is one of the allowed values, def if the parameter is absent or empty.
func (p parameters) oneOf(name, def string, allowed ...string) string {
	text := cmp.Or(p.values.Get(name), def)
	if !slices.Contains(allowed, text) && text != def {
		p.problems.add(name, "The selected %s is invalid.", name)
		return def
	}
	return text
}

// with is the set of requested includes.
func (p parameters) with(allowed ...string) map[string]bool {
	wanted := map[string]bool{}
	if p.values.Get("with") == "" {
		return wanted
	}
	for name := range strings.SplitSeq(p.values.Get("with"), ",") {
		if !slices.Contains(allowed, name) {
			p.problems.add("with", "The include %q is not known here.", name)
			continue
		}
		wanted[name] = true
	}
	return wanted
}

// A page is the requested part of a list.
type page struct{ number, size int }

// page caps the size silently, as the service does. The meta of the answer has the size that was
// used.
func (p parameters) page(size, limit int) page {
	return page{number: p.number("page", 1), size: min(p.number("per_page", size), limit)}
}

// cut returns the items of the page. A page past the end is empty.
func cut[T any](p page, all []T) []T {
	start := len(all)
	if p.number-1 <= len(all)/p.size {
		start = min((p.number-1)*p.size, len(all))
	}
	return all[start:min(start+p.size, len(all))]
}

// list answers with the page's items and the pagination.
func list[T any](c *call, p page, total int, items []T) answer {
	pages := max(1, (total+p.size-1)/p.size)
	meta := pagination{
		Total: total, Count: len(items), PerPage: p.size, CurrentPage: p.number, TotalPages: pages,
		Links: []string{},
	}
	if pages > 1 {
		meta.Links = pageLinks{Previous: c.pageLink(p.number-1, pages), Next: c.pageLink(p.number+1, pages)}
	}
	if items == nil {
		items = []T{}
	}
	return answer{status: http.StatusOK, body: listEnvelope{Data: items, Meta: listMeta{Pagination: meta}}}
}

// pageLink is nil for a page that does not exist.
func (c *call) pageLink(number, pages int) *string {
	if number < 1 || number > pages {
		return nil
	}
	query := c.r.URL.Query()
	query.Set("page", strconv.Itoa(number))
	_, path, _ := strings.Cut(c.r.URL.EscapedPath(), "/api")
	link := c.base + path + "?" + query.Encode()
	return &link
}

// each converts the items of a list to their wire form.
func each[T, W any](items []T, convert func(T) W) []W {
	out := make([]W, len(items))
	for i, v := range items {
		out[i] = convert(v)
	}
	return out
}
