package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

const (
	// mostBoxes is how many boxes one change may be about.
	mostBoxes = 1000
	// boxesNamed is how many changed boxes that the page does not show it names.
	boxesNamed = 100
	// longestState is the longest address that the page is sent to, in bytes. A longer search stays in the form.
	longestState = 2000
)

// A box stands for one person in one group.
type box struct {
	group  tallyfy.ID
	member tallyfy.UserID
}

// boxOf reads the value of a box.
func boxOf(value string) (b box, ok bool) {
	group, member, _ := strings.Cut(value, " ")
	return box{tallyfy.ID(group), tallyfy.UserID(member)}, tallyfy.PlausibleID(group) && tallyfy.PlausibleID(member)
}

// boxChanges are boxes that were changed, in the order in which the form has them, with what they are to be.
type boxChanges struct {
	order  []box
	ticked map[box]bool
	// wrong says that the form held boxes of no group or no person.
	wrong bool
}

func (c *boxChanges) set(b box, ticked bool) {
	if _, known := c.ticked[b]; !known {
		c.order = append(c.order, b)
	}
	c.ticked[b] = ticked
}

// readBoxes finds the boxes of a form that were changed. With script they are in it by themselves, as "add" and
// "remove". Without script it holds all boxes that are ticked, those of the table and those of the lists, of which
// the person sees one: a box was changed where either is not as it was. "rows" are the people of the page, and each
// "was" is a group and those of them who were in it.
func readBoxes(form url.Values) *boxChanges {
	c := &boxChanges{ticked: map[box]bool{}}
	rows := strings.Fields(form.Get("rows"))
	tables := []map[string]bool{}
	for _, name := range []string{"in", "listed"} {
		ticked := map[string]bool{}
		for _, value := range form[name] {
			ticked[value] = true
		}
		tables = append(tables, ticked)
	}
	for _, column := range form["was"] {
		ids := strings.Fields(column)
		if len(ids) == 0 {
			continue
		}
		was := map[string]bool{}
		for _, id := range ids[1:] {
			was[id] = true
		}
		for _, id := range rows {
			value := ids[0] + " " + id
			if b, ok := boxOf(value); ok && slices.ContainsFunc(tables, func(ticked map[string]bool) bool { return ticked[value] != was[id] }) {
				c.set(b, !was[id])
			}
		}
	}
	for _, name := range []string{"add", "remove"} {
		for _, value := range form[name] {
			if b, ok := boxOf(value); ok {
				c.set(b, name == "add")
			} else {
				c.wrong = true
			}
		}
	}
	return c
}

// values are the boxes that are to be ticked or not, as a form has them.
func (c *boxChanges) values(ticked bool) (list []string) {
	for _, b := range c.order {
		if c.ticked[b] == ticked {
			list = append(list, views.CellValue(b.group, b.member))
		}
	}
	return list
}

// groups is who is to come into each group and who to leave it.
func (c *boxChanges) groups() (list []membership.GroupPeople) {
	place := map[tallyfy.ID]int{}
	for _, b := range c.order {
		i, known := place[b.group]
		if !known {
			i, place[b.group] = len(list), len(list)
			list = append(list, membership.GroupPeople{ID: b.group})
		}
		if c.ticked[b] {
			list[i].Add = append(list[i].Add, b.member)
		} else {
			list[i].Remove = append(list[i].Remove, b.member)
		}
	}
	return list
}

// problem says why the changes cannot be reviewed, "" if they can.
func (c *boxChanges) problem() string {
	groups := len(c.groups())
	switch {
	case c.wrong:
		return "A box was about no group or no person. It is left out; look at the others once more."
	case len(c.order) == 0:
		return "No box has been changed. Tick or untick somebody first."
	case len(c.order) > mostBoxes:
		return "You changed " + words.Number(len(c.order)) + " boxes. " + words.Number(mostBoxes) + " fit into one review: take some of them back, and change those afterwards."
	case groups > membership.MostEdits:
		return "You changed boxes of " + words.Number(groups) + " groups. " + words.Number(membership.MostEdits) + " fit into one review: take some of them back, and change those afterwards."
	}
	return ""
}

// accessStateOf is the state of the page that a form was sent from; a button may lead to another page of it.
func accessStateOf(form url.Values) views.AccessState {
	s := views.ParseAccessState(form)
	if form.Has("turn") {
		s.Page = parsePage(form, "turn")
	}
	return s
}

// changeAccess takes the boxes of the access page. Its tools and its pages keep the changed ones, "review" shows what
// they do, and only the button of that page changes anything.
func changeAccess(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	s, changes := accessStateOf(form), readBoxes(form)
	page := req.urls().Access(s)
	if len(page) > longestState {
		page = req.urls().Access(views.AccessState{})
	}
	kept := s.Values()
	kept["add"], kept["remove"] = changes.values(true), changes.values(false)
	for _, name := range []string{"as", "press"} {
		kept.Set(name, form.Get(name))
	}
	req.returnTo, req.typed = req.urls().Local(req.urls().Access(views.AccessState{})), kept
	f := editForm{request: req, page: page, kept: kept, then: page, show: req.showAccessForm}
	reviewing := form.Get("step") == "review"
	switch action := form.Get("action"); {
	case action == "review" || action == "save" && reviewing:
		kept.Set("step", "review")
	case len(changes.order) == 0 && !changes.wrong && page == req.urls().Access(s):
		return req.goTo(page)
	default:
		return f.again(refusedForm{Status: http.StatusOK})
	}
	if problem := changes.problem(); problem != "" {
		kept.Del("step")
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	if !reviewing {
		return f.again(refusedForm{Status: http.StatusOK})
	}
	c := req.groupEdits(membership.Edits{Groups: changes.groups(), Sure: form.Get("sure") != ""})
	return f.carryOut(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, c, func() error {
		if len(c.Stakes()) > 0 && !c.Sure {
			return f.again(unsureForm())
		}
		return f.again(stoppedForm("Stopped before anything was done: groups have changed since you opened this page. This is how it is now."))
	})
}

// showAccessForm shows the page with what a form holds, or what its changed boxes do.
func (req *request) showAccessForm(f refusedForm) error {
	s, changes := accessStateOf(f.Form), readBoxes(f.Form)
	if f.Form.Get("step") != "review" {
		return req.showAccessPage(s, changes, f)
	}
	c := req.groupEdits(membership.Edits{Groups: changes.groups(), Sure: true})
	if err := c.Look(req.ctx()); err != nil {
		return err
	}
	if c.Nothing() {
		f.Notice = &views.Notice{Kind: views.NoticeInfo, Text: strings.TrimSpace(c.NothingText() + " " + c.NotesText())}
		return req.showAccessPage(s, changes, f)
	}
	plan := c.Plan()
	view := views.AccessReview{
		State: s, Back: req.urls().Access(s), Warnings: plan.Warnings, Add: changes.values(true), Remove: changes.values(false),
		Seen: plan.Fingerprint(), Press: newPress(), Notice: f.Notice, Error: f.Errors["sure"],
	}
	for i, g := range c.Previews() {
		view.Groups = append(view.Groups, views.AccessReviewGroup{ID: g.ID, Name: g.Name, Text: plan.Lines[i].Text, Before: g.Before, After: g.After})
	}
	if notes := c.NotesText(); notes != "" {
		view.Notes = append(view.Notes, notes)
	}
	return req.show(f.Status, views.ReviewAccess(req.page("Review changes", views.SectionAccess), view))
}

// markBoxes marks the changed boxes that the page shows, and names the others. A box that is as wished by now is not
// changed any more.
func (req *request) markBoxes(v *views.AccessPage, changes *boxChanges, copied snapshot) {
	if changes == nil {
		return
	}
	columns, rows := map[tallyfy.ID]int{}, map[tallyfy.UserID]int{}
	for i, c := range v.Columns {
		columns[c.ID] = i
	}
	for i := range v.Rows {
		rows[v.Rows[i].ID] = i
	}
	for _, b := range changes.order {
		ticked := changes.ticked[b]
		column, shown := columns[b.group]
		row, listed := rows[b.member]
		if shown && listed && (v.Rows[row].In[column] || v.Rows[row].CanJoin) {
			v.Rows[row].Changed[column] = v.Rows[row].In[column] != ticked
			if v.Rows[row].Changed[column] {
				v.Edit.Changes++
			}
			continue
		}
		v.Edit.Changes++
		choice := views.AccessChoice{Name: "remove", Value: views.CellValue(b.group, b.member)}
		if ticked {
			choice.Name = "add"
		}
		if len(v.Edit.Elsewhere) == boxesNamed {
			v.Edit.More = append(v.Edit.More, choice)
			continue
		}
		choice.Text = req.boxText(b, ticked, copied)
		v.Edit.Elsewhere = append(v.Edit.Elsewhere, choice)
	}
}

// boxText says what a changed box does.
func (req *request) boxText(b box, ticked bool, copied snapshot) string {
	who, group := "Member "+names.Isolate(string(b.member)), "group "+names.Isolate(string(b.group))
	if m, ok := copied.members.ByID(b.member); ok {
		who = req.called(m)
	}
	if g, ok := copied.groups.ByID(b.group); ok {
		group = names.Isolate(g.DisplayName())
	}
	if ticked {
		return "Add " + who + " to " + group
	}
	return "Take " + who + " out of " + group
}
