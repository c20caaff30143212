package handlers

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// hintTime is how long all that only helps may take together before a group is created. The creation
// needs the rest of the page's time.
const hintTime = 5 * time.Second

func showGroupForm(req *request) error {
	f, t := req.openedForm(req.urls().Local(req.urls().NewGroup())), typedGroup{}
	if f.Form != nil {
		t = readGroupForm(f.Form)
		t.errors, t.notice, t.existing = f.Errors, f.Notice, views.GroupLink{ID: tallyfy.ID(f.ExistingID), Name: f.ExistingName}
	} else if from := tallyfy.ID(req.QueryParam("from")); from != "" {
		if !tallyfy.PlausibleID(string(from)) {
			return echo.ErrNotFound
		}
		if err := req.copyGroup(&t, from); err != nil {
			return err
		}
	}
	return req.showGroupForm(f.Status, &t)
}

// copyGroup fills the form with the description and the people of a group. Who can't be added is left out, and the form
// says so; while not all members are read, nobody is.
func (req *request) copyGroup(t *typedGroup, from tallyfy.ID) error {
	g, err := req.group(req.ctx(), from, req.fresh)
	if err != nil {
		return err
	}
	members, err := req.Members(req.ctx())
	if shut := req.shutOutBy(err); shut != nil {
		return shut
	}
	fit, left := g.Members, []membership.LeftOut(nil)
	if members.Complete {
		fit, left = membership.FitOf(members, g.Members)
	}
	t.description, t.members, t.guests = g.Description, fit, g.Guests
	text := "The description and the people are those of " + names.Isolate(g.DisplayName()) + ". Nothing is created until you press the button."
	t.notice = &views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(text + " " + membership.LeftOutText(left))}
	return nil
}

func (req *request) showGroupForm(status int, t *typedGroup) error {
	people, err := req.peoplePicker(&t.addedPeople)
	if err != nil {
		return err
	}
	f := views.GroupForm{
		Name: t.name, Description: t.description, People: people, Errors: t.errors, Notice: t.notice, Press: newPress(), Despite: t.despite,
	}
	if t.existing.ID != "" {
		f.ExistingName, f.ExistingURL = t.existing.Name, req.urls().Group(t.existing.ID)
	}
	return req.show(status, views.NewGroup(req.page("New group", views.SectionGroups), f))
}

// answerGroupForm leads to the form with everything in it.
func (req *request) answerGroupForm(status int, t *typedGroup) error {
	t.keep(t.form) // what was taken from the field is chosen now
	t.form.Set("despite", t.despite)
	return req.answerOn(req.urls().NewGroup(), refusedForm{
		Form: t.form, Status: status, Errors: t.errors, Notice: t.notice, ExistingName: t.existing.Name, ExistingID: string(t.existing.ID),
	}, func() error { return req.showGroupForm(status, t) })
}

// createGroup creates a group; or, when the button of the field for people was pressed, shows the form again with
// what was found. The script asks with "find" while somebody types, which takes nothing from the field. Whatever goes
// wrong, the form comes back with everything in it.
func createGroup(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	req.returnTo, req.typed = req.urls().Local(req.urls().NewGroup()), form
	t := readGroupForm(form)
	switch form.Get("action") {
	case "add":
		req.takePeople(req.ctx(), &t.addedPeople)
		if t.problem != "" {
			t.errors = map[string]string{peopleField: t.problem}
		}
		fallthrough
	case "find":
		if req.Request().Header.Get("Sec-Fetch-Dest") == "empty" { // our script, which takes the list out of the answer
			return req.showGroupForm(http.StatusOK, &t)
		}
		return req.answerGroupForm(http.StatusOK, &t)
	}
	ctx, done := context.WithTimeout(req.ctx(), hintTime)
	defer done()
	req.takePeople(ctx, &t.addedPeople)
	creation := t.check()
	if len(creation.Guests) > 0 {
		req.offerMembers(ctx, &t)
	}
	if len(t.errors) > 0 {
		return req.answerGroupForm(http.StatusUnprocessableEntity, &t)
	}
	if g := req.alikeGroup(ctx, &t, creation.Name); g != nil {
		t.existing, t.despite = views.GroupLink{ID: g.ID, Name: g.DisplayName()}, names.Fold(creation.Name)
		t.notice = &views.Notice{Kind: views.NoticeWarning, Text: "There is a group already whose name looks the same. Nothing was created yet: press the button again to create another one all the same."}
		return req.answerGroupForm(http.StatusConflict, &t)
	}
	c := req.creation(creation)
	out, err := req.run(change.Press{Press: pressOf(form)}, c, func(error) { req.groupChanged() })
	if err != nil {
		return req.notCreated(&t, err)
	}
	switch out.Kind {
	case change.Busy:
		text, link := req.underWay(out)
		t.notice = &views.Notice{Kind: views.NoticeWarning, Text: "A group of this name is being created right now. " + text, LinkText: link.Text, LinkURL: link.URL}
		return req.answerGroupForm(http.StatusConflict, &t)
	case change.Repeated:
		if out.Entry.NotMade() { // the first press left this form, too
			t.notice = &views.Notice{Kind: views.NoticeProblem, Text: req.activityRow(out.Entry).Sentence + " The group was not created."}
			return req.answerGroupForm(http.StatusUnprocessableEntity, &t)
		}
	case change.Refused:
		if !change.SaysOtherwise(out.Err) {
			return req.notCreated(&t, out.Err)
		}
		return req.notConfirmedCreation(&t, c, out.Err)
	case change.NotConfirmed:
		if tallyfy.IsUnauthorized(out.CheckErr) {
			return out.CheckErr
		}
		return req.notConfirmedCreation(&t, c, out.Err)
	}
	return req.created(out)
}

// created leads to the new group; or to the receipt of an earlier press that did not make one, as far as is
// known.
func (req *request) created(out change.Outcome) error {
	e := out.Entry
	id := tallyfy.ID(e.Subject(journal.Group).ID)
	if id == "" {
		return req.goTo(req.urls().Entry(e.ID))
	}
	tone, text := req.creation(tallyfy.CreateGroupRequest{}).Summary(e, false)
	req.notice(views.Notice{Kind: views.NoticeKind(tone), Text: text, LinkText: "Receipt", LinkURL: req.urls().Entry(e.ID)})
	return req.goTo(req.urls().Group(id))
}

// alikeGroup finds a group whose name is another one and looks the same: in the copy of the groups
// if it is at hand, else with one call. It finds none where the form has said so before. The very
// name is Tallyfy's to refuse: so a second press of the button does not find what the first one
// made.
func (req *request) alikeGroup(ctx context.Context, t *typedGroup, name string) *tallyfy.Group {
	if t.despite == names.Fold(name) {
		return nil
	}
	g := membership.AlikeInCopy(req, name, "")
	if req.CopiedGroups() == nil {
		var err error
		if g, err = membership.FindAlike(ctx, req.api, req.org(), name, 1); err != nil { // that holds nothing up
			req.logInfo("no look for a group like the new one", err)
		}
	}
	if g == nil || strings.EqualFold(g.Name, name) {
		return nil
	}
	return g
}

// notCreated shows the form again with the reason at the right place.
func (req *request) notCreated(t *typedGroup, err error) error {
	r, refused := refusalOf(err, groupFields...)
	if lockedOut(err) {
		return err
	}
	if refused && (r.gaveReason() || tallyfy.IsValidation(err) || tallyfy.IsConflict(err)) {
		req.placeRefusal(t, r, err)
		return req.answerGroupForm(http.StatusUnprocessableEntity, t)
	}
	p := req.explain(err)
	t.notice = &views.Notice{Kind: views.NoticeProblem, Text: p.title + ". " + p.text + " The group was not created.", RequestID: web.IDOf(req)}
	req.setRetryAfter(err)
	return req.answerGroupForm(p.status, t)
}

// placeRefusal puts Tallyfy's own messages at their fields, and the rest above the form.
func (req *request) placeRefusal(t *typedGroup, r refusal, err error) {
	t.errors = r.Fields
	if text := strings.TrimSpace(t.errors["members"] + " " + t.errors["guests"]); text != "" {
		t.errors[peopleField] = text
	}
	if r.Text != "" {
		text := r.Text
		if r.Quoted && len(tallyfy.FieldErrors(err)) == 0 && (tallyfy.IsValidation(err) || tallyfy.IsConflict(err)) {
			text += " It did not say which field is wrong."
		}
		t.notice = &views.Notice{Kind: views.NoticeProblem, Text: text + " The group was not created."}
	}
	if t.errors["name"] != "" || tallyfy.IsConflict(err) {
		g := membership.AlikeInCopy(req, names.Tidy(t.name), "")
		if g == nil {
			g, _ = membership.FindAlike(req.ctx(), req.api, req.org(), names.Tidy(t.name), membership.AllPages)
		}
		if g != nil {
			t.existing = views.GroupLink{ID: g.ID, Name: g.DisplayName()}
		}
	}
}

// notConfirmedCreation shows the form again with what was found of a group whose creation Tallyfy did not
// answer, or refused in an answer of success. The form is not sent again.
func (req *request) notConfirmedCreation(t *typedGroup, c *membership.Creation, err error) error {
	status, said := http.StatusBadGateway, ""
	if change.SaysOtherwise(err) {
		r, _ := refusalOf(err, groupFields...)
		t.errors, status, said = r.Fields, http.StatusUnprocessableEntity, r.Text
	}
	n := &views.Notice{Kind: views.NoticeWarning, RequestID: web.IDOf(req)}
	switch {
	case c.FindError != nil:
		n.Text = cmp.Or(said, "Tallyfy did not answer.") + " The group may or may not have been created. Look at the list of groups before you send the form again."
	case c.Found == nil && said != "":
		n.Kind, n.Text = views.NoticeProblem, said+" The group was not created."
	case c.Found == nil:
		n.Text = "Tallyfy did not answer, and there is no group with this name yet. It may still appear: look at the list of groups in a minute, before you send the form again."
	case c.IsOlder(req.app.Now()):
		n.Text = cmp.Or(said, "Tallyfy's answer did not arrive.") + " There is a group with this name, but it is older, so nothing was created now:"
	case said != "":
		n.Text = said + " But there is now a group with this name, most likely this one:"
	default:
		n.Text = "Tallyfy's answer did not arrive, but there is now a group with this name, most likely this one:"
	}
	t.notice = n
	if c.Found != nil {
		n.LinkText, n.LinkURL = names.Isolate(c.Found.DisplayName()), req.urls().Group(c.Found.ID)
		t.existing = views.GroupLink{ID: c.Found.ID, Name: c.Found.DisplayName()}
	}
	return req.answerGroupForm(status, t)
}
