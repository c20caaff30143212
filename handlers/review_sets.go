package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/review"
	"tallyfy-admin/handlers/store"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

const (
	// mostInSet is how many groups a starter set may have, longestTitle how long its job title may be in letters.
	mostInSet, longestTitle = 50, 100
	// titlesOffered is how many job titles the page offers that have no set.
	titlesOffered = 100
	// setGroupsOffered is how many groups the form offers that are not chosen. The search reaches the others.
	setGroupsOffered = 20
)

// showReviewSets lists the starter sets, or shows the form for one.
func showReviewSets(req *request) error {
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Starter sets", copied, req.urls().Members())
	}
	q := req.QueryParams()
	f := req.openedForm(req.urls().Local(req.urls().ReviewSets()))
	if f.Form == nil && q.Has("for") {
		f.Form = url.Values{"for": {q.Get("for")}, "find": {q.Get("find")}}
	}
	if f.Form != nil {
		return setForm{req, copied}.show(f)
	}
	return req.listSets(copied)
}

// listSets lists the sets, and the job titles that have none.
func (req *request) listSets(copied snapshot) error {
	sets, err := req.app.StarterSets.List(req.ctx(), string(req.org()))
	if err != nil {
		return err
	}
	people, spelling := map[string]int{}, map[string]string{}
	for _, m := range copied.members.Items {
		if key := review.TitleKey(m.JobTitle); key != "" && m.CanWork() {
			people[key]++
			spelling[key] = cmp.Or(spelling[key], strings.TrimSpace(m.JobTitle))
		}
	}
	v := views.ReviewSets{}
	if review.SetFor("", sets).Groups == nil {
		v.Rows = append(v.Rows, views.ReviewSetRow{})
	}
	for _, s := range sets {
		row := views.ReviewSetRow{Title: s.Title, People: people[review.TitleKey(s.Title)], By: s.By, At: s.At}
		for _, g := range s.Groups {
			link := views.GroupLink{ID: tallyfy.ID(g.ID), Name: g.Name}
			if now, ok := copied.groups.ByID(link.ID); ok {
				link.Name = now.DisplayName()
			} else {
				row.Gone++
			}
			row.Groups = append(row.Groups, link)
		}
		v.Rows = append(v.Rows, row)
		delete(spelling, review.TitleKey(s.Title))
	}
	slices.SortFunc(v.Rows, func(a, b views.ReviewSetRow) int { return names.Compare(a.Title, b.Title) })
	for key, title := range spelling {
		v.Titles = append(v.Titles, views.ReviewTitle{Title: title, People: people[key]})
	}
	slices.SortFunc(v.Titles, func(a, b views.ReviewTitle) int {
		return cmp.Or(cmp.Compare(b.People, a.People), names.Compare(a.Title, b.Title))
	})
	v.Titles = v.Titles[:min(len(v.Titles), titlesOffered)]
	return req.show(http.StatusOK, views.StarterSets(req.page("Starter sets", views.SectionMembers), v))
}

// A setForm is the form for one starter set, for one request.
type setForm struct {
	*request
	copied snapshot
}

// show shows the groups that are chosen, and those that fit the search.
func (p setForm) show(f refusedForm) error {
	sets, err := p.app.StarterSets.List(p.ctx(), string(p.org()))
	if err != nil {
		return err
	}
	title := names.Tidy(f.Form.Get("for"))
	set := review.SetFor(title, sets)
	v := views.ReviewSet{
		Title: cmp.Or(set.Title, title), Find: strings.TrimSpace(f.Form.Get("find")), Base: f.Form.Get("base"),
		Errors: f.Errors, Notice: f.Notice, Press: newPress(), Kept: len(set.Groups) > 0,
	}
	chosen := f.Form["add"]
	if v.Base == "" { // opened anew
		v.Base, chosen = review.BaseOf(set), nil
		for _, g := range set.Groups {
			chosen = append(chosen, g.ID)
		}
	}
	if len([]rune(title)) > longestTitle && v.Errors == nil {
		return p.listSets(p.copied)
	}
	counts := map[tallyfy.ID]int{}
	for _, m := range p.copied.members.Items {
		if m.CanWork() && title != "" && review.TitleKey(m.JobTitle) == review.TitleKey(title) {
			v.People++
			for _, g := range p.copied.groups.Of(m.ID) {
				counts[g.ID]++
			}
		}
	}
	for _, g := range p.copied.groups.Search(v.Find, nil) {
		if slices.Contains(chosen, string(g.ID)) {
			continue
		}
		v.Matching++
		v.Offered = append(v.Offered, p.pick(g, counts[g.ID], v.People, false))
	}
	slices.SortStableFunc(v.Offered, func(a, b views.PickedGroup) int {
		return cmp.Or(cmp.Compare(counts[b.ID], counts[a.ID]), names.Compare(a.Name, b.Name))
	})
	v.Offered = v.Offered[:min(len(v.Offered), setGroupsOffered)]
	v.Found = len(v.Offered)
	var ticked []views.PickedGroup
	for _, id := range chosen {
		if g, ok := p.copied.groups.ByID(tallyfy.ID(id)); ok {
			ticked = append(ticked, p.pick(g, counts[g.ID], v.People, true))
		} else {
			v.Gone++
		}
	}
	slices.SortFunc(ticked, func(a, b views.PickedGroup) int { return names.Compare(a.Name, b.Name) })
	v.Offered = append(ticked, v.Offered...)
	return p.request.show(f.Status, views.EditStarterSet(p.page(v.Heading(), views.SectionMembers), v))
}

func (p setForm) pick(g *tallyfy.Group, in, of int, chosen bool) views.PickedGroup {
	why := words.Count(p.copied.members.Count(g.Members), "member", "members")
	if in > 0 {
		why = words.Number(in) + " of " + words.Count(of, "person", "people") + " with this job title " + words.Noun(in, "is", "are") + " in it"
	}
	return views.PickedGroup{GroupLink: p.groupLink(g), Why: why, Chosen: chosen}
}

// changeReviewSet edits a starter set; or, when the button of the search was pressed, shows the form again.
func changeReviewSet(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	copied, read, err := req.reviewing()
	if err != nil {
		return err
	}
	if !read {
		return req.showLoading("Starter sets", copied, req.urls().Members())
	}
	title := names.Tidy(form.Get("for"))
	page := req.urls().ReviewSet(title)
	req.returnTo, req.typed = req.urls().Local(req.urls().ReviewSets()), form
	f := editForm{request: req, page: page, kept: form, what: "The starter set", then: req.urls().ReviewSets(), show: func(r refusedForm) error { return setForm{req, copied}.show(r) }}
	if form.Get("action") == "find" {
		return f.again(refusedForm{Status: http.StatusOK})
	}
	c, problem := req.setEdit(title), ""
	c.Base = form.Get("base")
	for _, id := range form["add"] {
		known := func(g store.PlannedGroup) bool { return g.ID == id }
		if g, ok := copied.groups.ByID(tallyfy.ID(id)); ok && !slices.ContainsFunc(c.Groups, known) {
			c.Groups = append(c.Groups, store.PlannedGroup{ID: id, Name: g.DisplayName()})
		}
	}
	slices.SortFunc(c.Groups, func(a, b store.PlannedGroup) int {
		return cmp.Or(names.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	switch {
	case len([]rune(title)) > longestTitle:
		problem = "The job title is too long: " + words.Number(longestTitle) + " letters at most."
	case len(c.Groups) > mostInSet:
		problem = words.Count(len(c.Groups), "group is", "groups are") + " too many: choose " + words.Number(mostInSet) + " at most."
	}
	if problem != "" {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"groups": problem}})
	}
	return changeForm{
		editForm: f, change: c,
		stopped: func() error {
			if c.Overtaken() {
				form.Set("base", review.BaseOf(c.Before))
				return f.again(stoppedForm("Somebody else has edited this starter set since you opened it, and nothing was changed. " + c.Now() + " Your choice is still below: save it to put it in place."))
			}
			req.notice(views.Notice{Kind: views.NoticeInfo, Text: "There was nothing to change."})
			return req.goTo(f.then)
		},
	}.carryOut()
}
