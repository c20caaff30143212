package handlers

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// candidates is how many people the form offers to add at a time. The search reaches the others.
const candidates = 20

// showGroupPeople is the form for who is in a group.
func showGroupPeople(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	page := req.urls().Local(req.urls().ChangePeople(id))
	f := req.openedForm(page)
	if f.Form == nil {
		f.Form = url.Values{"find": {req.QueryParam("find")}, "q": {req.QueryParam("q")}, "page": {req.QueryParam("page")}, "add": req.QueryParams()["add"]}
	}
	return peopleForm{request: req, id: id}.show(f)
}

// A peopleForm is the form for who is in a group, for one request.
type peopleForm struct {
	*request
	id tallyfy.ID
}

func (p peopleForm) show(f refusedForm) error {
	if f.Form.Get("step") == "review" {
		return p.review(f)
	}
	return p.choose(f)
}

// typedPeople is what the form holds.
type typedPeople struct {
	membership.People
	// pasted is the text of the field for addresses.
	pasted string
	// find searches who may be added, query who is in the group.
	find, query string
	page        int
	base        string
	description string
	sure        bool
}

// baseForm is what names a base.
var baseForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// readPeople takes the form as it is. What holds an @ is the address of a guest, anything else a member's id.
func readPeople(form url.Values) typedPeople {
	t := typedPeople{
		pasted: strings.ReplaceAll(form.Get("paste"), "\r\n", "\n"), find: strings.TrimSpace(form.Get("find")), query: strings.TrimSpace(form.Get("q")),
		page: parsePage(form, "page"), base: baseForm.FindString(form.Get("base")), description: form.Get("description"), sure: form.Get("sure") != "",
	}
	if form.Has("turn") { // the button of another page
		t.page = parsePage(form, "turn")
	}
	t.Add, t.AddGuests = apart(form["add"])
	t.Remove, t.RemoveGuests = apart(form["remove"])
	return t
}

func apart(values []string) (ids []tallyfy.UserID, guests []string) {
	seen := map[string]bool{"": true}
	for _, v := range values {
		key := membership.GuestKey(v)
		if seen[key] {
			continue
		}
		seen[key] = true
		if strings.Contains(v, "@") {
			guests = append(guests, strings.TrimSpace(v))
		} else {
			ids = append(ids, tallyfy.UserID(strings.TrimSpace(v)))
		}
	}
	return ids, guests
}

// choose shows who is in the group and who may be added. Who was chosen stays chosen, whatever is searched.
func (p peopleForm) choose(f refusedForm) error {
	t := readPeople(f.Form)
	var (
		g       *tallyfy.Group
		members *directory.Members
		problem error
	)
	err := parallel.Run(p.ctx(),
		func(ctx context.Context) (err error) {
			g, err = p.group(ctx, p.id, p.fresh)
			return err
		},
		func(context.Context) error {
			members, problem = p.Members(p.ctx())
			return nil
		})
	if err != nil {
		return err
	}
	view := views.GroupPeople{
		ID: g.ID, Group: g.DisplayName(), Errors: f.Errors, Notice: f.Notice, Press: newPress(), Base: t.base,
		Find: t.find, Query: t.query, Pasted: t.pasted, Note: p.directoryNote(members, problem),
	}
	if view.Base == "" {
		view.Base = p.keepBase(g)
	}
	if strings.TrimSpace(g.Description) == "" {
		view.AskDescription, view.Description = true, t.description
	}
	p.offer(&view, t, g, members)
	p.present(&view, t, g, members)
	return p.request.show(f.Status, views.PeopleOfGroup(p.request.page("People in "+names.Isolate(g.DisplayName()), views.SectionGroups), view))
}

// offer lists who may be added: who was chosen first, then who fits the search. Who fits and cannot be added
// is listed with the reason.
func (p peopleForm) offer(view *views.GroupPeople, t typedPeople, g *tallyfy.Group, members *directory.Members) {
	in, chosen := map[tallyfy.UserID]bool{}, map[tallyfy.UserID]bool{}
	for _, id := range g.Members {
		in[id] = true
	}
	for _, id := range t.Add {
		chosen[id] = true
		row := views.PickedPerson{Value: string(id), Person: views.Person{ID: id, Name: "Member " + string(id)}, Chosen: true}
		if m, ok := members.ByID(id); ok {
			row.Person = personOf(m)
		}
		view.Offered = append(view.Offered, row)
	}
	for _, address := range t.AddGuests {
		view.Offered = append(view.Offered, views.PickedPerson{Value: address, Person: views.Person{Name: address, Email: address}, Guest: true, Chosen: true})
	}
	found := p.searchMembers(members, t.find, func(m *tallyfy.Member) bool { return !in[m.ID] && !chosen[m.ID] })
	for _, m := range found {
		switch {
		case m.CanWork():
			if view.Matching++; view.Matching <= candidates {
				view.Offered = append(view.Offered, views.PickedPerson{Value: string(m.ID), Person: personOf(m)})
				view.Found++
			}
		case t.find != "" && len(view.Unfit) < candidates:
			view.Unfit = append(view.Unfit, personOf(m))
		}
	}
}

// present lists who is in the group, on the page that is asked for. Who was chosen to go and is on another
// page stays in the form.
func (p peopleForm) present(view *views.GroupPeople, t typedPeople, g *tallyfy.Group, members *directory.Members) {
	leaving := map[string]bool{}
	for _, id := range t.Remove {
		leaving[string(id)] = true
	}
	for _, address := range t.RemoveGuests {
		leaving[membership.GuestKey(address)] = true
	}
	var all []views.PickedPerson
	resolved := members.Resolve(g.Members)
	for _, m := range groupMembers(members.Filter(resolved, t.query), unknownMember(members)) {
		row := views.PickedPerson{Value: string(m.ID), Person: m.Person, Unknown: !m.Known, Chosen: leaving[string(m.ID)]}
		if row.Unknown {
			row.Person.Name = "Member " + string(m.ID)
		}
		all = append(all, row)
	}
	for _, address := range directory.Match(sorted(g.Guests), t.query) {
		all = append(all, views.PickedPerson{Value: address, Person: views.Person{Name: address}, Guest: true, Chosen: leaving[membership.GuestKey(address)]})
	}
	view.All = len(resolved) + len(g.Guests)
	view.Rows, view.Pager = pageOf(all, t.page, peoplePerPage)
	shown := map[string]bool{}
	for _, row := range view.Rows {
		shown[membership.GuestKey(row.Value)] = true
	}
	for _, value := range append(texts(t.Remove), t.RemoveGuests...) {
		if !shown[membership.GuestKey(value)] {
			view.Elsewhere = append(view.Elsewhere, views.PickedPerson{Value: value, Person: views.Person{Name: p.called(members, value)}, Chosen: true})
		}
	}
}

// unknownMember says why a member of a group has no name.
func unknownMember(members *directory.Members) string {
	if members.Complete {
		return "belongs to nobody in the organisation"
	}
	return "name not read yet"
}

// called is the name behind a value of the form.
func (p peopleForm) called(members *directory.Members, value string) string {
	if strings.Contains(value, "@") {
		return value
	}
	if m, ok := members.ByID(tallyfy.UserID(value)); ok {
		return m.Name()
	}
	return "Member " + value
}

func sorted(list []string) []string {
	return slices.SortedFunc(slices.Values(list), names.Compare)
}

func texts(ids []tallyfy.UserID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}

// changeGroupPeople changes who is in a group; or, when the button of a search or of another page was
// pressed, shows the form again. What is at stake is shown first, everything else is done at once.
func changeGroupPeople(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	p := peopleForm{request: req, id: tallyfy.ID(web.Param(req, "group"))}
	page := req.urls().ChangePeople(p.id)
	req.returnTo, req.typed = req.urls().Local(page), form
	t := readPeople(form)
	f := editForm{request: req, page: page, then: req.urls().Group(p.id), kept: form, fields: []string{"description"}, show: func(r refusedForm) error { return p.show(r) }}
	if action := form.Get("action"); action == "find" || action == "back" || form.Has("turn") {
		form.Del("step")
		return f.again(refusedForm{Status: http.StatusOK})
	}
	c, errs := p.edit(t)
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	f.gone = func(cause error) error { return p.gone(f, c, cause) }
	return f.carryOut(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, c, func() error {
		if c.NeedsDescription() {
			form.Del("step")
			return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"description": membership.DescriptionProblem("")}})
		}
		return f.again(reviewAgain(form, c.Sure, stoppedForm("Stopped before anything was done: the group has changed since you opened this page. This is how it is now.")))
	})
}

// gone answers a change of a group that somebody has deleted since. The form for a new group is filled with the
// group as the person saw it, as far as that is still known, and with the change. Nothing is created by that.
func (p peopleForm) gone(f editForm, c *membership.Edit, cause error) error {
	answer := f.groupIsGone(cause)
	if c.Base == nil {
		return answer
	}
	ids, guests := c.People.Merge(c.Base.Members, c.Base.Guests)
	var left []membership.LeftOut
	if members, _ := p.Members(p.ctx()); members.Complete {
		ids, left = membership.FitOf(members, ids)
	}
	text := "This is " + names.Isolate(c.Base.DisplayName()) + " as you saw it, with your change. Nothing is created until you press the button. " + membership.LeftOutText(left)
	address, kept := p.keepRefused(p.urls().NewGroup(), refusedForm{
		Status: http.StatusOK, Notice: &views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(text)},
		Form: url.Values{"name": {c.Base.Name}, "description": {c.Base.Description}, "members": texts(ids), "guests": guests, "as": {p.who.tag()}},
	})
	if kept {
		answer.text += " Your change is kept: the group can be created again with it."
		answer.links = slices.Insert(answer.links, 0, components.LinkProps{Text: "Create it again…", URL: address, Kind: components.ButtonPrimary})
	}
	return answer
}

// edit is the wish that the form holds, and what is wrong with it by field.
func (p peopleForm) edit(t typedPeople) (*membership.Edit, map[string]string) {
	errs := map[string]string{}
	found, wrong := names.Addresses(t.pasted)
	for i, text := range wrong {
		wrong[i] = "“" + names.Isolate(text) + "”"
	}
	switch {
	case !names.IsText(t.pasted):
		errs["paste"] = "The addresses hold characters that are no text, such as control characters. Type them anew."
	case len(wrong) == 1:
		errs["paste"] = "Not an email address: " + wrong[0] + "."
	case len(wrong) > 1:
		errs["paste"] = "Not email addresses: " + strings.Join(wrong, ", ") + "."
	}
	for _, id := range slices.Concat(t.Add, t.Remove) {
		if !tallyfy.PlausibleID(string(id)) {
			errs["people"] = "A person chosen has an id that is none. Choose anew."
		}
	}
	wish := membership.Edit{ID: p.id, People: t.People, Sure: t.sure, Base: p.base(p.id, t.base), Saw: t.base}
	wish.People.AddGuests = slices.Concat(t.AddGuests, found)
	if wish.People.Empty() && len(errs) == 0 {
		errs["people"] = "Choose somebody to add or to take out."
	}
	if text := strings.TrimSpace(t.description); text != "" {
		if problem := membership.DescriptionProblem(text); problem != "" {
			errs["description"] = problem
		}
		wish.Description = &membership.Text{Yours: text}
	}
	return p.groupEdit(wish), errs
}

// review shows what is at stake before the change is made.
func (p peopleForm) review(f refusedForm) error {
	t := readPeople(f.Form)
	c, _ := p.edit(t)
	if err := c.Look(p.ctx()); err != nil {
		return err
	}
	c.Sure = true
	plan, group := c.Plan(), names.Isolate(c.Group.DisplayName())
	before, after := c.Sizes()
	view := views.GroupsReview{
		Title: "Change who is in " + group + "?", BackText: group, BackURL: p.urls().Group(p.id), Action: p.urls().ChangePeople(p.id), Button: "Change the group",
		Fields: []views.HiddenField{{Name: "base", Value: t.base}, {Name: "description", Value: t.description}}, Sizes: "Before: " + before + ". After: " + after + ".",
		Warnings: plan.Warnings, Seen: plan.Fingerprint(), Press: newPress(), Notice: f.Notice, Error: f.Errors["sure"],
	}
	for _, value := range append(texts(c.People.Add), c.People.AddGuests...) {
		view.Fields = append(view.Fields, views.HiddenField{Name: "add", Value: value})
	}
	for _, value := range append(texts(c.People.Remove), c.People.RemoveGuests...) {
		view.Fields = append(view.Fields, views.HiddenField{Name: "remove", Value: value})
	}
	if len(c.Did.AddGuests) > 0 && c.Tasks.Checked {
		view.Tasks = p.taskView(c.Tasks, p.urls().GroupTasks(p.id))
	}
	for _, l := range plan.Lines {
		view.Lines = append(view.Lines, l.Text)
	}
	for _, text := range []string{c.JoinedText(), c.LeftOutText(), c.OthersText()} {
		if text != "" {
			view.Notes = append(view.Notes, text)
		}
	}
	return p.request.show(f.Status, views.ReviewGroups(p.request.page("Review: people in "+group, views.SectionGroups), view))
}
