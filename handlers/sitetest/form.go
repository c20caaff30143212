package sitetest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/stretchr/testify/require"
)

// A Form is a form of a page with what is filled in, as a browser would send it.
type Form struct {
	Page           *Page
	Method, action string
	Values         url.Values
	selection      *goquery.Selection
}

// Form takes the one form that a selector finds.
func (p *Page) Form(selector string) *Form {
	p.Site.T.Helper()
	found := p.Find(selector)
	require.Equal(p.Site.T, 1, found.Length(), "forms %q on %s (%d)", selector, p.URL, p.Status)
	f := &Form{Page: p, Method: http.MethodGet, Values: url.Values{}, selection: found}
	if m, ok := found.Attr("method"); ok {
		f.Method = strings.ToUpper(m)
	}
	f.action, _ = found.Attr("action")
	found.Find("input, textarea, select").Each(func(_ int, c *goquery.Selection) {
		name, _ := c.Attr("name")
		kind, _ := c.Attr("type")
		_, checked := c.Attr("checked")
		switch {
		case name == "" || (!checked && (kind == "checkbox" || kind == "radio")):
		case goquery.NodeName(c) == "textarea":
			f.Values.Add(name, strings.TrimPrefix(c.Text(), "\n"))
		case goquery.NodeName(c) == "select":
			value, _ := c.Find("option[selected]").Attr("value")
			f.Values.Add(name, value)
		default:
			value, _ := c.Attr("value")
			f.Values.Add(name, value)
		}
	})
	return f
}

// Set replaces what is in a field; it must exist.
func (f *Form) Set(name string, values ...string) *Form {
	f.Page.Site.T.Helper()
	require.NotZero(f.Page.Site.T, f.selection.Find("[name='"+name+"']").Length(), "no field %q on %s", name, f.Page.URL)
	f.Values[name] = values
	return f
}

// Tick adds the value of a checkbox that is shown; with a textarea of the same name behind it, before that one's value.
func (f *Form) Tick(name, value string) *Form {
	f.Page.Site.T.Helper()
	require.NotZero(f.Page.Site.T, f.selection.Find("input[name='"+name+"'][value='"+value+"']").Length(), "no choice %s=%s on %s", name, value, f.Page.URL)
	f.Values[name] = slices.Insert(f.Values[name], 0, value)
	return f
}

// Submit presses the button with that text ("" for the form's only one) and follows redirects.
func (f *Form) Submit(button string) *Page {
	f.Page.Site.T.Helper()
	r := f.Prepare(button)
	return f.Page.Site.Do(r)
}

// Prepare is the request that pressing the button makes.
func (f *Form) Prepare(button string) *http.Request {
	f.Page.Site.T.Helper()
	t := f.Page.Site.T
	var pressed *goquery.Selection
	f.selection.Find("button").Each(func(_ int, b *goquery.Selection) {
		if pressed == nil && (button == "" || strings.Join(strings.Fields(b.Text()), " ") == button) {
			pressed = b
		}
	})
	require.NotNil(t, pressed, "no button %q on %s", button, f.Page.URL)
	values, action := url.Values{}, f.action
	for name, v := range f.Values {
		values[name] = slices.Clone(v)
	}
	if name, ok := pressed.Attr("name"); ok {
		value, _ := pressed.Attr("value")
		values.Add(name, value)
	}
	if elsewhere, ok := pressed.Attr("formaction"); ok {
		action = elsewhere
	}
	action = strings.TrimPrefix(action, f.Page.Site.Base)
	var r *http.Request
	if f.Method == http.MethodGet {
		path, _, _ := strings.Cut(action, "?")
		r = f.Page.Site.Request(http.MethodGet, path+"?"+values.Encode(), nil)
	} else {
		r = f.Page.Site.Request(f.Method, action, values)
	}
	r.Header.Set("Origin", f.Page.Site.Server.URL)
	r.Header.Set("Referer", f.Page.Site.Server.URL+f.Page.Site.Base+f.Page.Site.Full(f.Page.URL))
	return r
}
