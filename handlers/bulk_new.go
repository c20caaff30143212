package handlers

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/lifecycle"
	"tallyfy-admin/handlers/parallel"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// showBulkForm is the form for many changes of one kind; without a kind it is the list of kinds.
func showBulkForm(req *request) error {
	form := req.QueryParams()
	page := req.urls().Local(req.urls().NewBulk(""))
	f := refusedForm{Status: http.StatusOK, Form: form}
	if from := form.Get("chosen"); from != "" {
		n, list := len(req.who.Chosen), "members"
		switch from {
		case groupChooser.name:
			form["groups"] = append(form["groups"], req.who.ChosenGroups...)
			n, list = len(req.who.ChosenGroups), groupChooser.list
		case guestChooser.name:
			emails, err := req.chosenGuests()
			if err != nil {
				return err
			}
			form.Set("text", strings.Join(emails, "\n"))
			n, list = len(emails), guestChooser.list
		default:
			form["ids"] = append(form["ids"], req.who.Chosen...)
		}
		if n == 0 {
			f.Notice = &views.Notice{Kind: views.NoticeWarning, Text: "Nothing is chosen on the list of " + list + " any more. Choose there, or say here who is meant."}
		}
	}
	if id := form.Get("lines"); id != "" {
		text, err := req.linesToCorrect(id)
		if err != nil {
			return err
		}
		if form.Set("text", text); len(text) > bulk.MostBytes {
			form.Del("text")
			f.Notice = &views.Notice{Kind: views.NoticeWarning, Text: "The lines are too many to stand in this form. Export the rows not done, correct them there, and give the file again."}
		}
	}
	if refused := req.refusedForm(); refused != nil {
		f = *refused
	} else if draft := req.takeDraft(page); draft != nil {
		f.Form = draft
	}
	return req.showBulkForm(f)
}

// linesToCorrect are the lines of a dry run, with what was chosen for all of them in columns, and
// why some can't be done.
func (req *request) linesToCorrect(id string) (string, error) {
	j, err := req.openJob(id)
	if err != nil {
		return "", err
	}
	rows, err := req.app.Jobs.Rows(req.ctx(), j.ID)
	if err != nil {
		return "", err
	}
	columns, lines := bulk.FailedFile(j, rows)
	var text strings.Builder
	w := csv.NewWriter(&text) // for a field, which no spreadsheet program runs
	err = errors.Join(w.Write(columns), w.WriteAll(lines))
	return text.String(), err
}

func (req *request) showBulkForm(f refusedForm) error {
	k := bulk.KindOf(f.Form.Get("kind"))
	v := views.BulkForm{Press: newPress(), Errors: f.Errors, Notice: f.Notice, Text: f.Form.Get("text"), To: f.Form.Get("to")}
	for _, kind := range bulk.Kinds {
		v.Kinds = append(v.Kinds, views.BulkKind{Name: kind.Name, Title: kind.Title, About: kind.About, Current: kind == k, Can: req.mayRun(kind)})
	}
	if k == nil {
		return req.show(f.Status, views.NewBulk(req.page("Many at once", views.SectionMembers), v))
	}
	v.Kind, v.Columns, v.People = k.Name, k.Accepted(), k.TakesLines()
	v.TakesGroups, v.TakesSuccessor = k.TakesGroups(), k.Name == bulk.RemoveMembers
	v.TakesReason, v.TakesMessage = k.Name == bulk.ChangeRole, k.Name == bulk.Invite
	v.Role, v.Reason, v.Message = f.Form.Get("role"), f.Form.Get("reason"), f.Form.Get("message")
	if !f.Form.Has("message") {
		v.Message = req.invitationMessage()
	}
	if v.TakesReason || v.TakesMessage {
		v.Roles = []components.Choice{{Value: "", Text: "As the lines say"}}
		for _, r := range lifecycle.Roles {
			v.Roles = append(v.Roles, components.Choice{Value: string(r), Text: names.Role(r)})
		}
	}
	copied, err := req.snapshotInTime()
	if tallyfy.IsUnauthorized(err) {
		return err
	}
	v.GroupsMissing = "The groups are still being read. Reload in a moment, or name them in a column."
	if v.TakesGroups {
		switch short := copied.groups.Short; {
		case copied.groups.Complete:
			v.GroupsMissing = ""
		case short != nil:
			v.GroupsMissing = missing(short, "groups") + " Name the others in a column."
		}
		for _, g := range copied.groups.Items {
			v.Groups = append(v.Groups, views.BulkGroup{
				GroupLink: req.groupLink(g), People: len(g.Members) + len(g.Guests), Chosen: slices.Contains(f.Form["groups"], string(g.ID)),
			})
		}
		slices.SortFunc(v.Groups, func(a, b views.BulkGroup) int { return names.Compare(a.Name, b.Name) })
	}
	for _, id := range f.Form["groups"] { // chosen before, and not known now
		known := func(g views.BulkGroup) bool { return string(g.ID) == id }
		if v.TakesGroups && tallyfy.PlausibleID(id) && !slices.ContainsFunc(v.Groups, known) {
			v.Groups = append(v.Groups, views.BulkGroup{GroupLink: views.GroupLink{ID: tallyfy.ID(id), Name: "Group " + id}, Chosen: true})
		}
	}
	for _, id := range idsChosen(f.Form) {
		if !tallyfy.PlausibleID(id) {
			continue
		}
		p := views.Person{ID: tallyfy.UserID(id), Name: "Member " + id}
		if m, ok := copied.members.ByID(p.ID); ok {
			p = personOf(m)
		}
		v.Chosen = append(v.Chosen, p)
	}
	slices.SortStableFunc(v.Chosen, func(a, b views.Person) int { return names.Compare(a.Name, b.Name) })
	return req.show(f.Status, views.NewBulk(req.page(k.Title, views.SectionMembers), v))
}

// idsChosen are the ids of the people chosen for a form, each in a field of its own, or all in one with spaces between.
func idsChosen(form url.Values) []string { return strings.Fields(strings.Join(form["ids"], " ")) }

// planBulk makes a dry run of what was pasted, uploaded or chosen. Nothing is changed.
func planBulk(req *request) error {
	form, file, err := req.fileForm(bulkFile)
	if err != nil {
		return err
	}
	k := bulk.KindOf(form.Get("kind"))
	if k == nil {
		return req.goTo(req.urls().NewBulk(""))
	}
	req.returnTo, req.typed = req.urls().Local(req.urls().NewBulk("")), form
	f := editForm{request: req, page: req.urls().NewBulk(k.Name), kept: form, show: req.showBulkForm}
	wish, errs := readWish(form, file, k)
	if len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	o, reading, err := req.wholeOrganisation()
	switch {
	case tallyfy.IsUnauthorized(err):
		return err
	case err != nil:
		return f.again(req.explained(err))
	case o == nil:
		return f.again(refusedForm{Status: http.StatusServiceUnavailable, Notice: &views.Notice{
			Kind: views.NoticeWarning, Text: "The organisation is still being read (" + reading + " so far). Press the button again in a moment. Nothing that you typed is lost.",
		}})
	}
	if wish.To, errs = o.Successor(form.Get("to")); len(errs) > 0 {
		return f.again(refusedForm{Status: http.StatusUnprocessableEntity, Errors: errs})
	}
	plan := o.Plan(wish)
	j := &bulk.Job{Org: req.org(), Kind: k, Owner: req.me(), Spec: bulk.Spec{
		OrgName: req.who.Organisation.Name, Header: wish.Sheet.Header, Notes: plan.Notes, Reads: plan.Reads, Writes: plan.Writes,
	}}
	if err := req.app.Jobs.Create(req.ctx(), j, plan.Rows); err != nil {
		return err
	}
	return req.goTo(req.urls().Bulk(j.ID))
}

// readWish reads what a form asks for. A file that can't be taken stands in the field for text afterwards, to be
// mended there.
func readWish(form url.Values, file []byte, k *bulk.Kind) (bulk.Wish, map[string]string) {
	w, errs := bulk.Wish{Kind: k, Role: bulk.RoleOf(form.Get("role")), Reason: form.Get("reason"), Message: form.Get("message")}, map[string]string{}
	text := strings.ReplaceAll(form.Get("text"), "\r\n", "\n")
	var problems []string
	given := 0
	for _, is := range []bool{len(file) > 0, strings.TrimSpace(text) != "", len(idsChosen(form)) > 0} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		errs["text"] = "Choose one: the people chosen, the lines, or the file."
	case len(file) > 0:
		if w.Sheet, problems = bulk.ReadFile(file, k); len(problems) > 0 {
			if text := bulk.FileText(file); text != "" {
				form.Set("text", text)
			}
			errs["text"] = strings.Join(problems, " ")
		}
	case len(idsChosen(form)) > 0:
		w.Sheet = bulk.Chosen(idsChosen(form))
	default:
		if w.Sheet, problems = bulk.ReadText(text, k); len(problems) > 0 {
			errs["text"] = strings.Join(problems, " ")
		}
	}
	for _, id := range form["groups"] {
		if tallyfy.PlausibleID(id) && k.TakesGroups() {
			w.Groups = append(w.Groups, tallyfy.ID(id))
		}
	}
	if k.TakesGroups() && len(w.Groups) == 0 && len(errs) == 0 && !w.Sheet.Has(bulk.Groups) {
		errs["groups"] = "Choose at least one group, or name the groups in a column of the lines."
	}
	if k.Name == bulk.RemoveMembers && strings.TrimSpace(form.Get("to")) == "" && len(errs) == 0 && !w.Sheet.Has(bulk.Successor) {
		errs["to"] = "Say who takes over the work, or “nobody” to leave it in the name of those who go."
	}
	if k.Name == bulk.Invite && strings.TrimSpace(w.Message) == "" && len(errs) == 0 && !w.Sheet.Has(bulk.Message) {
		errs["message"] = "Write a message, or give one in a column “message”. Tallyfy requires one."
	}
	return w, errs
}

// wholeOrganisation is all members, groups and guests; nil while they are being read, with how much is.
func (req *request) wholeOrganisation() (o *bulk.Organisation, reading string, err error) {
	o = &bulk.Organisation{Organization: req.who.Organisation, By: req.who.UserID}
	var s snapshot
	err = parallel.Run(req.ctx(),
		func(ctx context.Context) (err error) {
			s, err = req.readSnapshot(ctx)
			return err
		},
		func(ctx context.Context) (err error) {
			o.Guests, err = req.Guests(ctx)
			return err
		})
	switch {
	case err != nil:
		return nil, "", err
	case !s.ended() || !o.Guests.Ended():
		return nil, words.Count(len(s.members.Items), "member", "members") + " and " + words.Count(len(s.groups.Items), "group", "groups"), nil
	case !s.members.Complete || !s.groups.Complete:
		return nil, "", &problem{
			status: http.StatusBadGateway, title: "Not everything could be read", text: s.missing() + " A dry run needs all of it. Nothing was changed.", links: req.tryAgain(),
		}
	}
	o.Members, o.Groups = s.members, s.groups
	return o, "", nil
}

// showBulk shows a dry run. One that was started is a job.
func showBulk(req *request) error {
	j, err := req.job(web.Param(req, "bulk"))
	if err != nil {
		return err
	}
	if j.State != bulk.Planned {
		return req.goTo(req.urls().Job(j.ID))
	}
	return req.showJobPage(j)
}

// runBulk starts a dry run that was looked at.
func runBulk(req *request) error {
	if _, err := req.form(); err != nil {
		return err
	}
	j, err := req.openJob(web.Param(req, "bulk"))
	if err != nil {
		return err
	}
	if j.Planner.ID != string(req.who.UserID) {
		return &problem{status: http.StatusForbidden, title: "Somebody else planned this", text: "Only " + names.Isolate(j.Planner.Name) + " can start it. Nothing was changed.", links: req.wayHome()}
	}
	counts, err := req.app.Jobs.Counts(req.ctx(), j.ID)
	if err != nil {
		return err
	}
	if j.State == bulk.Planned && counts[bulk.Waiting] > 0 {
		if err := req.app.Jobs.Start(req.ctx(), j, req.me(), req.who.Token); err != nil && !errors.Is(err, bulk.ErrNotNow) {
			return err
		}
		req.deliver(j.ID)
	}
	return req.goTo(req.urls().Job(j.ID))
}
