package sitetest

import "net/http"

// GroupForm is the form for a new group with a name and a description in it.
func (s *Site) GroupForm(name, description string) *Form {
	s.T.Helper()
	return s.Get("/groups/new").Whole(http.StatusOK).GroupForm().Set("name", name).Set("description", description)
}

// GroupForm is the form for a new group that the page holds.
func (p *Page) GroupForm() *Form { p.Site.T.Helper(); return p.Form("form[data-form]") }

// Search presses the button beside the field for people, as without JavaScript.
func (f *Form) Search(query string) *Form {
	f.Page.Site.T.Helper()
	return f.Set("people", query).Submit("Search or add").Whole(http.StatusOK).GroupForm()
}

// TypeGuests fills in the field for people.
func (f *Form) TypeGuests(text string) *Form { return f.Set("people", text) }
