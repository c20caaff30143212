package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGroupEdit is the form for the name and the description of a group.
func showGroupEdit(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	g, err := req.group(req.ctx(), id, req.fresh || req.refusedForm() != nil)
	if err != nil {
		return err
	}
	return req.showGroupEdit(g, req.openedForm(req.urls().Local(req.urls().EditGroup(id))))
}

// showGroupEdit shows the form with what was typed, if anything was. Somebody else may have changed the
// group meanwhile.
func (req *request) showGroupEdit(g *tallyfy.Group, f refusedForm) error {
	view := views.GroupEdit{
		ID: g.ID, Group: g.DisplayName(), Errors: f.Errors, Notice: f.Notice, Press: newPress(),
		Name: views.EditedText{Was: g.Name, Yours: g.Name}, Description: views.EditedText{Was: g.Description, Yours: g.Description},
	}
	if f.Form != nil {
		view.Name = editedText(f.Form, "name", g.Name)
		view.Description = editedText(f.Form, "description", g.Description)
	}
	return req.show(f.Status, views.EditGroup(req.page("Edit "+names.Isolate(g.DisplayName()), views.SectionGroups), view))
}

// editedText is a field as it was typed, beside what the text is now.
func editedText(form url.Values, name, now string) views.EditedText {
	t := membership.Text{Was: form.Get("was_" + name), Yours: form.Get(name)}
	_, conflict := t.Merge(now)
	return views.EditedText{Was: t.Was, Yours: t.Yours, Conflict: conflict, Now: now}
}

// editGroup changes the name and the description of a group.
func editGroup(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	id := tallyfy.ID(web.Param(req, "group"))
	page := req.urls().EditGroup(id)
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, then: req.urls().Group(id), kept: form, fields: []string{"name", "description"}, show: func(r refusedForm) error {
		g, err := req.group(req.ctx(), id, true)
		if err != nil {
			return err
		}
		return req.showGroupEdit(g, r)
	}}
	errs := map[string]string{}
	name := wishedText(form, "name", names.Tidy, membership.NameProblem, errs)
	description := wishedText(form, "description", strings.TrimSpace, membership.DescriptionProblem, errs)
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	c := req.groupEdit(membership.Edit{ID: id, Name: &name, Description: &description})
	return f.carryOut(change.Press{Press: pressOf(form)}, c, func() error {
		r := refusedForm{Status: http.StatusConflict}
		switch {
		case c.Conflict():
			r.Notice = &views.Notice{Kind: views.NoticeWarning, Text: "The group was changed since you opened this page. Nothing was changed now: say which it is to be."}
		case c.NeedsDescription():
			r.Status, r.Errors = http.StatusUnprocessableEntity, map[string]string{"description": membership.DescriptionProblem("")}
		}
		return f.again(r)
	})
}

// wishedText is what a field is to change in a text of a group. Where it was changed since, the
// form says which one it is to be. A text that stays as it was is not judged.
func wishedText(form url.Values, name string, tidy, problem func(string) string, errs map[string]string) membership.Text {
	t := membership.Text{Was: form.Get("was_" + name), Yours: strings.ReplaceAll(form.Get(name), "\r\n", "\n")}
	if form.Has("now_" + name) {
		t.Was = form.Get("now_" + name)
		switch form.Get("choice_" + name) {
		case "now":
			t.Yours = t.Was
		case "yours":
		default:
			errs[name] = "Say which one it is to be."
			return t
		}
	}
	if t.Changed() {
		if text := problem(t.Yours); text != "" {
			errs[name] = text
		}
		t.Yours = tidy(t.Yours)
	}
	return t
}
