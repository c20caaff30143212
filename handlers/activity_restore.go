package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// A restoration creates a group again that was deleted with the dashboard, from what its entry holds.
type restoration struct {
	*request
	entry    *journal.Entry
	remnant  membership.Remnant
	creation *membership.Creation
}

func (req *request) restoration() (restoration, error) {
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return restoration{}, err
	}
	r, g, err := req.deletedGroup(req.ctx(), e)
	if err != nil {
		return restoration{}, err
	}
	wish := membership.Again(e, g)
	wish.Source, wish.Client, wish.Org = req, req.api, req.org()
	wish.AllGuests = req.Guests
	return restoration{req, e, r, &wish}, nil
}

func showRestoration(req *request) error {
	r, err := req.restoration()
	if err != nil {
		return err
	}
	return r.ask(req.pressedForm())
}

// seenUnread is the field “seen” of a page on which it was not known who can be added.
const seenUnread = "unread"

// ask says what will be as before, and what will not.
func (r restoration) ask(f refusedForm) error {
	c := r.creation
	if err := c.Look(r.ctx()); err != nil {
		return err
	}
	view := views.Restoration{
		EntryID: r.entry.ID, Group: c.Old.Name, Name: c.Request.Name, Description: c.Request.Description, OldID: c.Old.ID,
		Sentence: r.activityRow(r.entry).Sentence, HadLogo: r.remnant.HadLogo, Tasks: r.remnant.Tasks,
		Errors: f.Errors, Notice: f.Notice, Press: newPress(), Seen: seenUnread, Unread: c.Unread(),
	}
	if r.remnant.LogoKept {
		view.LogoURL = r.urls().TrashPicture(r.entry.ID)
	}
	if f.Form != nil {
		view.Name = f.Form.Get("name")
		view.Description = f.Form.Get("description")
	}
	if !view.Unread {
		view.Seen, view.LeftOut, view.Lines = c.PeopleKey(), c.LeftOutText(), linesOf(c.Plan())
	}
	again, err := r.recreated(r.entry)
	if err != nil {
		return err
	}
	if again != nil {
		group := again.Subject(journal.Group)
		view.Again, view.AgainURL = group.Name, r.urls().Group(tallyfy.ID(group.ID))
	}
	if g := membership.AlikeInCopy(r, view.Name, ""); g != nil {
		view.Taken, view.TakenURL = g.DisplayName(), r.urls().Group(g.ID)
	}
	return r.show(f.Status, views.RestoreGroup(r.page("Create "+names.Isolate(c.Old.Name)+" again", views.SectionActivity), view))
}

// restoreGroup creates the group.
func restoreGroup(req *request) error {
	r, err := req.restoration()
	if err != nil {
		return err
	}
	form, err := req.form()
	if err != nil {
		return err
	}
	address := req.urls().RestoreEntry(r.entry.ID)
	req.returnTo = req.urls().Local(address)
	f := editForm{request: req, page: address, kept: form, fields: []string{"name", "description"}, show: r.ask}
	c := r.creation
	errs := map[string]string{}
	for field, text := range map[string]*string{"name": &c.Request.Name, "description": &c.Request.Description} {
		problem := map[string]func(string) string{"name": membership.NameProblem, "description": membership.DescriptionProblem}[field]
		if typed := form.Get(field); form.Has(field) {
			*text = typed
		}
		if p := problem(*text); p != "" {
			errs[field] = p
		}
	}
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	c.Request.Name, c.Saw = names.Tidy(c.Request.Name), form.Get("seen")
	out, err := req.run(change.Press{Press: pressOf(form)}, c, func(error) { req.groupChanged() })
	if err == nil && out.Kind == change.Stopped {
		return f.again(r.stopped())
	}
	return r.answer(f, out, err)
}

// stopped is the form of a creation that did not go ahead, with the reason.
func (r restoration) stopped() refusedForm {
	again := changedMeanwhile()
	switch {
	case r.creation.Unread():
		again.Notice.Text = "Stopped before anything was done: Tallyfy did not give all members, so it is not known who can be added."
	case r.creation.Saw == seenUnread:
		again.Notice = &views.Notice{Kind: views.NoticeInfo, Text: "It is known now who can be added. Nothing has been changed yet."}
	}
	return again
}

func (r restoration) answer(f editForm, out change.Outcome, err error) error {
	if err == nil && out.Kind == change.Refused && !change.SaysOtherwise(out.Err) {
		err = out.Err
	}
	switch {
	case tallyfy.IsGone(err):
		return err
	case err != nil:
		return f.notMade(err)
	case out.Kind == change.Busy:
		return f.busy(out)
	case out.Kind == change.NotConfirmed && tallyfy.IsUnauthorized(out.CheckErr):
		return out.CheckErr
	}
	e := out.Entry
	id := tallyfy.ID(e.Subject(journal.Group).ID)
	if out.Kind == change.Refused || out.Kind == change.NotConfirmed || e.State != journal.Done || string(id) == r.creation.Old.ID {
		return r.goTo(r.urls().Entry(e.ID))
	}
	tone, text := r.creation.Summary(e, false)
	if more := r.creation.LeftOutText(); more != "" {
		text += " " + more
	}
	r.notice(views.Notice{Kind: views.NoticeKind(tone), Text: text, LinkText: "Receipt", LinkURL: r.urls().Entry(e.ID)})
	return r.goTo(r.urls().Group(id))
}
