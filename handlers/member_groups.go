package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/matrix"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

const (
	// colleaguesOffered is how many colleagues it offers unasked, colleaguesFound how many whom a search fits.
	colleaguesOffered, colleaguesFound = 5, 8
)

// showMemberGroups is the form for the groups of a member.
func showMemberGroups(req *request) error {
	p := memberGroupsForm{request: req, id: tallyfy.UserID(web.Param(req, "member"))}
	page := req.urls().Local(req.urls().MemberGroups(p.id))
	f := req.openedForm(page)
	if f.Form == nil {
		f.Form = url.Values{"find": {req.QueryParam("find")}, "like": {req.QueryParam("like")}, "who": {req.QueryParam("who")}, "add": req.QueryParams()["add"]}
	}
	return p.show(f)
}

// A memberGroupsForm is the form for the groups of a member, for one request.
type memberGroupsForm struct {
	*request
	id tallyfy.UserID
}

func (p memberGroupsForm) show(f refusedForm) error {
	if f.Form.Get("step") == "review" {
		return p.review(f)
	}
	return p.choose(f)
}

// choose shows the groups that the member is in, and those to add the member to. What was chosen stays chosen,
// whatever is searched.
func (p memberGroupsForm) choose(f refusedForm) error {
	copied, err := p.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return p.showLoading("Groups of a member", copied, p.urls().Member(p.id))
	}
	m, ok := copied.members.ByID(p.id)
	if !ok { // too new for the copy, or nobody
		if m, err = p.Member(p.ctx(), p.id); err != nil {
			return err
		}
	}
	form := f.Form
	view := views.MemberGroups{
		ID: m.ID, Called: p.called(m), Who: strings.TrimSpace(form.Get("who")), Errors: f.Errors, Notice: f.Notice, Press: newPress(), Base: form.Get("base"), LeaveToo: form.Get("leave") != "",
	}
	view.Find, view.Note = strings.TrimSpace(form.Get("find")), copied.missing()
	in := copied.groups.Of(m.ID)
	if view.Base == "" {
		ids := make([]tallyfy.ID, len(in))
		for i, g := range in {
			ids[i] = g.ID
		}
		view.Base = p.keepGroupsSeen(m.ID, ids)
	}
	if why := membership.Unfit(copied.members, m.ID); why != "" {
		view.Barred = view.Called + " can't be added to a group: " + why + "."
	} else {
		p.chooseColleague(&view, form, m, copied)
		p.offerGroups(&view, form["add"], m, copied)
	}
	for _, g := range slices.SortedFunc(slices.Values(in), func(a, b *tallyfy.Group) int { return names.Compare(a.DisplayName(), b.DisplayName()) }) {
		view.In = append(view.In, views.PickedGroup{GroupLink: p.groupLink(g), Chosen: slices.Contains(form["remove"], string(g.ID))})
	}
	frame := p.page(view.Title(), views.SectionMembers)
	return p.request.show(f.Status, views.GroupsOfMember(frame, view))
}

// chooseColleague finds whom the member is to be made like, or offers those who are most alike.
func (p memberGroupsForm) chooseColleague(view *views.MemberGroups, form url.Values, m *tallyfy.Member, copied snapshot) {
	if like, ok := copied.members.ByID(tallyfy.UserID(form.Get("like"))); ok && like.ID != m.ID {
		person := personOf(like)
		view.Like = &person
		for _, g := range copied.groups.Of(m.ID) {
			if !slices.Contains(g.Members, like.ID) {
				view.Leaving = append(view.Leaving, p.groupLink(g))
			}
		}
		return
	}
	if view.Who == "" {
		for _, other := range matrix.Colleagues(m, copied.members, copied.groups) {
			if len(view.Candidates) < colleaguesOffered {
				view.Candidates = append(view.Candidates, personOf(other))
			}
		}
		view.WhoNote = "Choose somebody to see which of their groups are missing here. Nothing is ticked for you."
		return
	}
	found := copied.members.Search(view.Who, func(other *tallyfy.Member) bool { return other.ID != m.ID && !other.IsBot() })
	for _, other := range found[:min(len(found), colleaguesFound)] {
		view.Candidates = append(view.Candidates, personOf(other))
	}
	switch {
	case len(found) == 0:
		view.WhoNote = "Nobody matches “" + names.Isolate(view.Who) + "”."
	case len(found) > colleaguesFound:
		view.WhoNote = "Showing " + words.Number(colleaguesFound) + " of " + words.Count(len(found), "match", "matches") + ": type more of the name."
	}
}

// offerGroups lists the groups that the member is not in: those chosen first, then those of people with the same
// job title. Those of a colleague are all that is offered where one was chosen.
func (p memberGroupsForm) offerGroups(view *views.MemberGroups, chosen []string, m *tallyfy.Member, copied snapshot) {
	list, alike := matrix.Suggest(m, copied.members, copied.groups)
	fits := map[tallyfy.ID]bool{}
	for _, g := range copied.groups.Search(view.Find, func(*tallyfy.Group) bool { return true }) {
		fits[g.ID] = true
	}
	pick := func(g matrix.Suggestion, chosen bool) views.PickedGroup {
		why := words.Count(copied.members.Count(g.Members), "member", "members")
		title := " with the job title " + names.Isolate(strings.TrimSpace(m.JobTitle))
		switch {
		case g.Alike > 0 && alike == 1:
			why = "The only other person" + title + " is in it"
		case g.Alike > 0:
			why = words.Number(g.Alike) + " of " + words.Number(alike) + " others" + title + " " + words.Noun(g.Alike, "is", "are") + " in it"
		}
		return views.PickedGroup{GroupLink: p.groupLink(g.Group), Why: why, Chosen: chosen}
	}
	for _, g := range list {
		if slices.Contains(chosen, string(g.ID)) {
			view.Offered = append(view.Offered, pick(g, true))
		}
	}
	for _, g := range list {
		if slices.Contains(chosen, string(g.ID)) || !fits[g.ID] || view.Like != nil && !slices.Contains(g.Members, view.Like.ID) {
			continue
		}
		if view.Matching++; view.Found < groupsOffered {
			view.Found++
			view.Offered = append(view.Offered, pick(g, false))
		}
	}
}

// changeMemberGroups changes the groups of a member; or, when the button of a search was pressed, shows the form
// again. What is at stake is shown first, everything else is done at once.
func changeMemberGroups(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	p := memberGroupsForm{request: req, id: tallyfy.UserID(web.Param(req, "member"))}
	page := req.urls().MemberGroups(p.id)
	req.returnTo, req.typed = req.urls().Local(page), form
	f := editForm{request: req, page: page, then: req.urls().Member(p.id), kept: form, show: func(r refusedForm) error { return p.show(r) }}
	action := form.Get("action")
	switch {
	case form.Has("choose"):
		form.Set("like", form.Get("choose"))
		form.Del("who")
	case action == "unlike":
		form.Del("like")
		form.Del("leave")
	}
	if form.Has("choose") || slices.Contains([]string{"find", "who", "unlike", "back"}, action) {
		form.Del("step")
		form.Del("choose")
		return f.again(refusedForm{Status: http.StatusOK})
	}
	c, problem := p.edits(form)
	if problem != "" {
		form.Del("step")
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"groups": problem}})
	}
	return f.carryOut(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, c, func() error {
		return f.again(reviewAgain(form, c.Sure, changedMeanwhile()))
	})
}

// edits is the wish that the form holds, and what is wrong with it.
func (p memberGroupsForm) edits(form url.Values) (c *membership.Edits, problem string) {
	add, remove := form["add"], form["remove"]
	if form.Get("leave") != "" {
		remove = slices.Concat(remove, form["leaving"])
	}
	wish := membership.Edits{Sure: form.Get("sure") != "", Note: p.othersText(form.Get("base"), slices.Concat(add, remove))}
	at := map[string]int{}
	group := func(id string) *membership.People {
		i, known := at[id]
		if !known {
			i = len(wish.Groups)
			at[id] = i
			wish.Groups = append(wish.Groups, membership.GroupPeople{ID: tallyfy.ID(id)})
		}
		return &wish.Groups[i].People
	}
	for _, id := range slices.Concat(add, remove) {
		if !tallyfy.PlausibleID(id) {
			return nil, "A group chosen has an id that is none. Choose anew."
		}
	}
	for _, id := range add {
		group(id).Add = []tallyfy.UserID{p.id}
	}
	for _, id := range remove {
		group(id).Remove = []tallyfy.UserID{p.id}
	}
	switch n := len(wish.Groups); {
	case n == 0:
		return nil, "Choose a group to add to or to leave."
	case n > membership.MostEdits:
		return nil, words.Count(n, "group", "groups") + " are too many at once: choose " + words.Number(membership.MostEdits) + " at most."
	}
	return p.groupEdits(wish), ""
}

// review shows what is at stake before the change is made.
func (p memberGroupsForm) review(f refusedForm) error {
	c, problem := p.edits(f.Form)
	if problem != "" {
		return p.choose(f)
	}
	if err := c.Look(p.ctx()); err != nil {
		return err
	}
	plan, called := c.Plan(), names.Isolate(p.memberName(p.id))
	view := views.GroupsReview{
		Title: "Change the groups of " + called + "?", BackText: called, BackURL: p.urls().Member(p.id), Action: p.urls().MemberGroups(p.id), Button: "Change the groups",
		Lines: linesOf(plan), Warnings: plan.Warnings, Seen: plan.Fingerprint(), Press: newPress(), Notice: f.Notice, Error: f.Errors["sure"],
	}
	for _, name := range []string{"add", "remove", "leave", "leaving", "like", "base"} {
		for _, value := range f.Form[name] {
			view.Fields = append(view.Fields, views.HiddenField{Name: name, Value: value})
		}
	}
	for _, g := range c.Previews() {
		view.Groups = append(view.Groups, views.GroupSizes{Name: g.Name, Before: g.Before, After: g.After})
	}
	if text := c.NotesText(); text != "" {
		view.Notes = []string{text}
	}
	return p.request.show(f.Status, views.ReviewGroups(p.page(view.Title, views.SectionMembers), view))
}

// othersText says which groups the member was put into or taken out of since the form was opened,
// as far as the copy of the groups tells, "" for none. The groups that the form changes speak for
// themselves.
func (p memberGroupsForm) othersText(base string, changed []string) string {
	before, known := p.app.groupsSeen.Get(p.baseKey(tallyfy.ID(p.id), base))
	copied := p.CopiedGroups()
	if !known || copied == nil {
		return ""
	}
	var in, out []string
	now := copied.Of(p.id)
	for _, g := range now {
		if !slices.Contains(before, g.ID) && !slices.Contains(changed, string(g.ID)) {
			in = append(in, g.DisplayName())
		}
	}
	for _, id := range before {
		if g, ok := copied.ByID(id); ok && !slices.Contains(now, g) && !slices.Contains(changed, string(id)) {
			out = append(out, g.DisplayName())
		}
	}
	text := ""
	if len(in) > 0 {
		text = "Since you opened the page they were added to " + names.List(in) + "."
	}
	if len(out) > 0 {
		text = strings.TrimSpace(text + " Since you opened the page they were taken out of " + names.List(out) + ".")
	}
	if text != "" {
		text += " That is kept."
	}
	return text
}
