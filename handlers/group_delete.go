package handlers

import (
	"net/http"
	"net/url"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showGroupDeletion says what deleting the group will do.
func showGroupDeletion(req *request) error {
	d := req.deletion(tallyfy.ID(web.Param(req, "group")))
	g := groupDeletion{req, d}
	refused := req.refusedForm()
	if refused != nil {
		d.Typed, d.Asked = refused.Form.Get("phrase"), refused.Form.Has("phrase")
	}
	err := d.Look(req.ctx())
	switch {
	case err != nil && refused == nil:
		return g.notLooked(err)
	case tallyfy.IsGone(err):
		g.notice(views.Notice{Kind: views.NoticeInfo, Text: "That group is gone now."})
		return g.toList()
	case err != nil:
		return err
	}
	return g.ask(req.pressedForm())
}

// deleteGroup deletes after looking once more: a group that is not as it was shown is shown again instead.
func deleteGroup(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	d := req.deletion(tallyfy.ID(web.Param(req, "group")))
	d.Typed, d.Asked = form.Get("phrase"), form.Has("phrase")
	g := groupDeletion{req, d}
	_, from := g.groupsFrom()
	req.returnTo = req.urls().Local(views.FromList(req.urls().DeleteGroup(d.ID), from))
	out, err := req.run(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, d, func(error) { g.groupChanged() })
	if err != nil {
		return g.notLooked(err)
	}
	return g.answer(out)
}

// groupDeletion is the deletion of a group for one request.
type groupDeletion struct {
	*request
	deletion *membership.Deletion
}

// toList leads back to the list that the visitor came from.
func (g groupDeletion) toList() error {
	list, _ := g.groupsFrom()
	return g.goTo(list)
}

// ask shows the page.
func (g groupDeletion) ask(f refusedForm) error {
	d := g.deletion
	plan := d.Plan()
	view := views.GroupDeletion{
		ID: d.Group.ID, Name: d.Group.DisplayName(), LogoVersion: g.groupRow(d.Group, nil).LogoVersion,
		Tasks: g.taskView(d.Tasks, g.urls().GroupTasks(d.ID)), Phrase: d.Phrase(), Typed: d.Typed, ByID: d.ByID(),
		KeptDays: g.app.Journal.ContentsDays(), HasLogo: d.Group.Logo != "", LogoLost: d.LogoLost(),
		Consequences: linesOf(plan), Seen: plan.Fingerprint(), Press: newPress(),
		Problem: f.Problem, RequestID: f.RequestID, PhraseError: f.Errors["phrase"],
	}
	if d.Namesake != nil {
		view.Namesake = g.urls().Group(d.Namesake.ID)
	}
	page := g.page("Delete "+names.Isolate(d.Group.DisplayName()), views.SectionGroups)
	_, page.From = g.groupsFrom()
	return g.show(f.Status, views.DeleteGroup(page, view))
}

// askAgain leads to the page that asks, with what became of the form.
func (g groupDeletion) askAgain(f refusedForm) error {
	f.Form = url.Values{}
	if g.deletion.Asked {
		f.Form.Set("phrase", g.deletion.Typed)
	}
	_, from := g.groupsFrom()
	return g.answerOn(views.FromList(g.urls().DeleteGroup(g.deletion.ID), from), f, func() error { return g.ask(f) })
}

func (g groupDeletion) answer(out change.Outcome) error {
	d := g.deletion
	switch out.Kind {
	case change.Stopped:
		return g.askAgain(refusedForm{Status: http.StatusUnprocessableEntity, Errors: map[string]string{"phrase": d.PhraseError()}})
	case change.Changed:
		return g.askAgain(refusedForm{
			Status: http.StatusConflict, Problem: "Stopped before anything was done: " + names.Isolate(d.Group.DisplayName()) + " has changed since you opened this page. This is how it is now.",
		})
	case change.Busy:
		return g.busy("This group is being deleted right now", out, g.wayHome())
	case change.Repeated:
		if out.Entry.Finding(membership.Gone).Result != journal.Confirmed {
			return g.goTo(g.urls().Entry(out.Entry.ID))
		}
		return g.deleted(out.Entry)
	case change.Refused:
		r, refused := refusalOf(out.Err)
		switch {
		case change.SaysOtherwise(out.Err):
		case tallyfy.IsNotFound(out.Err):
			// A moment after the group was read: somebody else may have deleted it, or the answer may
			// not have been Tallyfy's own. Or it goes in a moment: no copy from before can be trusted.
			g.groupChanged()
			if err := g.app.changes.Check(g.ctx(), out.Entry, d); err != nil {
				return err
			}
		case refused && r.gaveReason():
			return g.askAgain(refusedForm{Status: http.StatusConflict, RequestID: web.IDOf(g), Problem: r.Text + " Nothing was deleted."})
		default:
			return out.Err
		}
	}
	if out.Kind == change.NotConfirmed && tallyfy.IsUnauthorized(out.CheckErr) {
		return out.CheckErr
	}
	return g.looked(out)
}

// looked answers by what became of the group. The deletion is not repeated.
func (g groupDeletion) looked(out change.Outcome) error {
	name := names.Isolate(g.deletion.Group.DisplayName())
	missing, refused := tallyfy.IsNotFound(out.Err), change.SaysOtherwise(out.Err)
	r, _ := refusalOf(out.Err)
	switch out.Entry.Finding(membership.Gone).Result {
	case journal.Confirmed:
		switch {
		case missing:
			return g.alreadyDeleted()
		case refused:
			g.notice(views.Notice{Kind: views.NoticeDone, Text: r.Text + " But " + name + " is gone."})
			return g.toList()
		}
		return g.deleted(out.Entry)
	case journal.NotAsExpected:
		status, said := http.StatusBadGateway, ""
		switch {
		case missing:
			said = "Tallyfy answered that there is no such group, but " + name + " is still there. Nothing was deleted."
		case refused:
			status, said = http.StatusConflict, r.Text+" Nothing was deleted."
		case out.Kind == change.Done:
			said = "Tallyfy said that " + name + " is deleted, but still has it. Look again in a minute; if it stays so, ask Tallyfy's support."
		default:
			said = "Tallyfy didn't confirm the deletion, and " + name + " is still there. It may still be deleted: look again in a minute before you press the button again."
		}
		return g.askAgain(refusedForm{Status: status, RequestID: web.IDOf(g), Problem: said})
	}
	if out.Kind == change.Done {
		return g.deleted(out.Entry)
	}
	return &problem{
		status: http.StatusBadGateway, title: "It is not known whether " + name + " was deleted",
		text:  "Tallyfy didn't confirm the deletion, and could not be asked about the group afterwards. Please don't repeat it; look at the list of groups first.",
		links: g.wayHome(), cause: out.Err,
	}
}

// deleted says on the list of groups that the group is gone.
func (g groupDeletion) deleted(e *journal.Entry) error {
	tone, text := g.deletion.Summary(e, false)
	g.notice(views.Notice{Kind: views.NoticeKind(tone), Text: text, LinkText: "Receipt", LinkURL: g.urls().Entry(e.ID)})
	return g.toList()
}

// notLooked answers when the group could not be read.
func (g groupDeletion) notLooked(err error) error {
	if tallyfy.IsGone(err) {
		return g.alreadyDeleted()
	}
	return err
}

func (g groupDeletion) alreadyDeleted() error {
	g.groupChanged()
	g.notice(views.Notice{Kind: views.NoticeInfo, Text: "That group is already gone. Nothing was done now."})
	return g.toList()
}
