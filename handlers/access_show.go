package handlers

import (
	"net/http"
	"slices"
	"strconv"

	"tallyfy-admin/handlers/csvfile"
	"tallyfy-admin/handlers/matrix"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

const (
	// accessRows is how many people the access page shows at a time, and of one group on a phone.
	accessRows = 25
	// groupsToChoose is how many groups it offers that are no columns. The search reaches the others.
	groupsToChoose = 40
	// likeCandidates is how many people it offers whom the name to compare with fits.
	likeCandidates = 8
)

// showAccess shows people against groups, from the copies alone; and what the changed boxes of a form would do.
func showAccess(req *request) error {
	if f := req.openedForm(req.urls().Local(req.urls().Access(views.AccessState{}))); f.Form != nil {
		return req.showAccessForm(f)
	}
	s := views.ParseAccessState(req.QueryParams())
	if req.QueryParam("refresh") != "" {
		return req.refresh(req.urls().Access(s))
	}
	return req.showAccessPage(s, nil, refusedForm{Status: http.StatusOK})
}

// showAccessPage shows the page with boxes that were changed.
func (req *request) showAccessPage(s views.AccessState, changes *boxChanges, f refusedForm) error {
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Access", copied, req.urls().Groups())
	}
	v := views.AccessPage{State: s, ReadAt: copied.readAt(), Missing: copied.missing()}
	m := req.accessMatrix(&v, copied)
	v.Chosen, v.TooMany = m.Chosen, len(s.Groups) > matrix.MostGroups
	chosen := make([]tallyfy.ID, len(m.Columns))
	for i, c := range m.Columns {
		chosen[i] = c.ID
		column := views.AccessColumn{ID: c.ID, Name: c.DisplayName(), Members: c.Rows}
		for _, r := range m.Rows {
			if r.In[i] && len(column.First) < accessRows {
				column.First = append(column.First, personOf(r.Member))
			}
		}
		v.Columns = append(v.Columns, column)
	}
	var shown []matrix.Row
	shown, v.Pager = pageOf(m.Rows, s.Page, accessRows)
	named := map[string]int{}
	for _, r := range m.Rows {
		named[names.Fold(r.Name())]++
	}
	for _, r := range shown {
		v.Rows = append(v.Rows, views.AccessRow{
			Person: personOf(r.Member), In: r.In, Changed: make([]bool, len(r.In)), CanJoin: r.CanWork(), Count: r.Count, Namesake: named[names.Fold(r.Name())] > 1,
		})
	}
	req.offerGroups(&v, chosen, copied)
	req.chipsOfAccess(&v)
	page := req.page("Access", views.SectionAccess)
	page.HasList = true
	if page.Can.Groups {
		v.Edit = &views.AccessEdit{Press: newPress(), Notice: f.Notice, Problem: f.Problem}
		req.markBoxes(&v, changes, copied)
	}
	return req.show(f.Status, views.Access(page, v))
}

// accessMatrix answers what the state of the page asks.
func (req *request) accessMatrix(v *views.AccessPage, copied snapshot) matrix.Matrix {
	q := matrix.Question{Groups: v.State.Groups, Query: v.State.Query, Everybody: v.State.Everybody, Like: req.findLike(v, copied)}
	return matrix.Of(q, copied.members, copied.groups)
}

// findLike finds whom the others are compared with, "" for nobody. Then the page says why.
func (req *request) findLike(v *views.AccessPage, copied snapshot) tallyfy.UserID {
	asked := names.Clean(v.State.Like)
	if asked == "" {
		return ""
	}
	m, ok := copied.members.ByID(tallyfy.UserID(asked))
	if !ok {
		found := copied.members.Search(asked, func(m *tallyfy.Member) bool { return !m.IsBot() })
		if len(found) != 1 {
			v.LikeNote = "Nobody matches “" + names.Isolate(asked) + "”."
			if len(found) > 0 {
				v.LikeNote = words.Count(len(found), "person matches", "people match") + " “" + names.Isolate(asked) + "”. Whom do you mean?"
			}
			for _, m := range found[:min(len(found), likeCandidates)] {
				v.Candidates = append(v.Candidates, components.LinkProps{Text: m.Name() + ", " + m.Email, URL: req.urls().Access(v.State.LikeWho(m.ID))})
			}
			return ""
		}
		m = found[0]
	}
	who := personOf(m)
	v.Like, v.State.Like = &who, string(m.ID)
	return m.ID
}

// offerGroups lists the groups to choose from: the columns, then those that the search finds.
func (req *request) offerGroups(v *views.AccessPage, columns []tallyfy.ID, copied snapshot) {
	for _, id := range columns {
		if g, ok := copied.groups.ByID(id); ok {
			v.Groups = append(v.Groups, views.AccessGroup{ID: id, Name: g.DisplayName(), Members: copied.members.Count(g.Members), Chosen: v.Chosen})
		}
	}
	found := copied.groups.Search(v.State.Find, func(g *tallyfy.Group) bool { return !slices.Contains(columns, g.ID) })
	slices.SortStableFunc(found, func(a, b *tallyfy.Group) int { return names.Compare(a.DisplayName(), b.DisplayName()) })
	for _, g := range found[:min(len(found), groupsToChoose)] {
		v.Groups = append(v.Groups, views.AccessGroup{ID: g.ID, Name: g.DisplayName(), Members: copied.members.Count(g.Members)})
	}
	v.More = max(0, len(found)-groupsToChoose)
}

// chipsOfAccess are what is on: the search, the comparison, and the chosen groups.
func (req *request) chipsOfAccess(v *views.AccessPage) {
	chip := func(text string, without views.AccessState) {
		v.Chips = append(v.Chips, components.Chip{Text: text, URL: req.urls().Access(without.At(1))})
	}
	if v.State.Query != "" {
		without := v.State
		without.Query = ""
		chip("Search: "+names.Isolate(v.State.Query), without)
	}
	if v.Like != nil {
		without := v.State
		without.Like = ""
		chip("Like "+names.Isolate(v.Like.Name), without)
	}
	if v.State.Everybody {
		without := v.State
		without.Everybody = false
		chip("Everybody, bots too", without)
	}
	if !v.Chosen {
		return
	}
	for i, c := range v.Columns {
		ids := make([]tallyfy.ID, 0, len(v.Columns))
		for j := range v.Columns {
			if j != i {
				ids = append(ids, v.Columns[j].ID)
			}
		}
		chip(names.Isolate(c.Name), v.State.With(ids))
	}
}

// exportAccess sends people against groups as a file.
func exportAccess(req *request) error {
	s := views.ParseAccessState(req.QueryParams())
	copied, err := req.snapshot()
	if err != nil {
		return err
	}
	if !copied.ended() {
		return req.showLoading("Preparing the file", copied, req.urls().Access(s))
	}
	m := req.accessMatrix(&views.AccessPage{State: s}, copied)
	columns := []string{"Name", "Email", "Role", "Status"}
	for _, c := range m.Columns {
		columns = append(columns, csvfile.Plain(c.DisplayName()))
	}
	columns = append(columns, "Groups", "Id")
	return req.sendFile("access", columns, withNote(copied.missing(), len(columns), func(yield func([]string) bool) {
		for _, r := range m.Rows {
			p := personOf(r.Member)
			row := []string{p.Name, p.Email, p.Role, p.Status.Text}
			for _, in := range r.In {
				row = append(row, map[bool]string{true: "yes"}[in])
			}
			if !yield(append(row, strconv.Itoa(r.Count), string(r.ID))) {
				return
			}
		}
	}))
}
