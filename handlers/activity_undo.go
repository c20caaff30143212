package handlers

import (
	"net/http"

	"tallyfy-admin/handlers/change"
	"tallyfy-admin/handlers/journal"
	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// A reversal is a change that follows from an earlier one: it undoes it, or applies once more what others
// have overtaken of it.
type reversal struct {
	*request
	entry *journal.Entry
	edit  groupChange
	// one is the edit where it is about one group, else nil.
	one    *membership.Edit
	repeat bool
}

// A reversing is what asks before a change is reversed, and then does it.
type reversing interface {
	ask(f refusedForm) error
	carryOut() error
}

// reversing finds what reverses the change of the address.
func (req *request) reversing(repeat bool) (reversing, error) {
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return nil, err
	}
	if u, ok := req.contactsUndo(e); ok && !repeat {
		return u, nil
	}
	return req.reversal(e, repeat)
}

// showReversal asks before a change is undone, or applied once more.
func showReversal(repeat bool) func(*request) error {
	return func(req *request) error {
		r, err := req.reversing(repeat)
		if err != nil {
			return err
		}
		return r.ask(req.pressedForm())
	}
}

// reverse undoes a change, or applies it once more.
func reverse(repeat bool) func(*request) error {
	return func(req *request) error {
		if repeat {
			if answered, err := req.repeatedBefore(); answered || err != nil {
				return err
			}
		}
		r, err := req.reversing(repeat)
		if err != nil {
			return err
		}
		return r.carryOut()
	}
}

// repeatedBefore leads to what applied the change of the address once more before, such as an
// earlier press of the button.
func (req *request) repeatedBefore() (answered bool, err error) {
	e, err := req.entry(web.Param(req, "entry"))
	if err != nil {
		return false, err
	}
	again, err := req.repetitions(e)
	if err != nil {
		return false, err
	}
	if again = req.visible(again); len(again) == 0 {
		return false, nil
	}
	req.notice(views.Notice{Kind: views.NoticeInfo, Text: "That was applied once more already. This is its receipt. Nothing was done now."})
	return true, req.goTo(req.urls().Entry(again[0].ID))
}

// repetitions are the changes that applied once more what was missing of an entry, newest first.
func (req *request) repetitions(e *journal.Entry) ([]*journal.Entry, error) {
	return req.laterEdits(e, func(l *journal.Entry) bool { _, of := membership.Relation(l); return of == e.ID })
}

func (req *request) reversal(e *journal.Entry, repeat bool) (reversal, error) {
	r := reversal{request: req, entry: e, repeat: repeat}
	repeated, err := req.repetitions(e)
	if err != nil {
		return reversal{}, err
	}
	if !r.of() || !madeSomething(e) && !repeat || repeat && len(repeated) > 0 { // once: somebody else wants it otherwise
		return reversal{}, &problem{
			status: http.StatusConflict, title: "This can't be done with that change",
			text:  "Only a change of a group's name, description or people, or of who knows guests, that was carried out can be undone here, and only what is missing of a change of groups can be applied once more.",
			links: []components.LinkProps{{Text: "Receipt", URL: req.urls().Entry(e.ID), Kind: components.ButtonPrimary}},
		}
	}
	return r, nil
}

// of makes the edit that follows from the entry, and reports whether there is one. The page says what is at
// stake.
func (r *reversal) of() bool {
	if r.entry.Kind == membership.GroupsChanged {
		wish, ok := membership.AllUndone(r.entry)
		if r.repeat {
			wish, ok = membership.AllRepeated(r.entry)
		}
		wish.Sure = true
		r.edit = r.groupEdits(wish)
		return ok
	}
	wish, ok := membership.Undone(r.entry)
	if r.repeat {
		wish, ok = membership.Repeated(r.entry)
	}
	wish.Sure = true
	r.one = r.groupEdit(wish)
	r.edit = r.one
	return ok
}

// address is that of the reversal's page.
func (r reversal) address() string {
	if r.repeat {
		return r.urls().RepeatEntry(r.entry.ID)
	}
	return r.urls().UndoEntry(r.entry.ID)
}

// ask says what the reversal would do to the groups as they are now.
func (r reversal) ask(f refusedForm) error {
	c := r.edit
	if err := c.Look(r.ctx()); err != nil {
		return err
	}
	plan := c.Plan()
	view := views.Reversal{
		EntryID: r.entry.ID, Repeat: r.repeat, Sentence: r.activityRow(r.entry).Sentence,
		Lines: linesOf(plan), Nothing: c.Nothing(), Notice: f.Notice, Warnings: plan.Warnings, Press: newPress(), Seen: plan.Fingerprint(),
	}
	switch {
	case r.one == nil:
		view.Others = "Everybody else stays in these groups, whoever added them."
	case !r.one.Did.Empty():
		view.Others = "Everybody else stays in the group, whoever added them."
	}
	var notes []string
	if r.one != nil {
		view.About = names.Isolate(r.one.Group.DisplayName())
		view.Leave = components.LinkProps{Text: view.About, URL: r.urls().Group(r.one.Group.ID)}
		notes = []string{r.one.KeptTexts(), r.one.LeftOutText()}
		if r.one.NeedsDescription() {
			view.Nothing = true
			notes = append(notes, "The group would be left without a description, and Tallyfy takes no change without one.")
		}
	} else {
		view.About = words.Count(len(membership.GroupsOf(r.entry)), "group", "groups")
		view.Leave = components.LinkProps{Text: "Receipt", URL: r.urls().Entry(r.entry.ID)}
		notes = []string{c.NotesText()}
	}
	for _, text := range notes {
		if text != "" {
			view.Warnings = append(view.Warnings, text)
		}
	}
	if !r.repeat {
		view.Later = r.laterRows(r.laterEdits(r.entry, func(e *journal.Entry) bool { return membership.SamePeople(r.entry, e) }))
	}
	return r.show(f.Status, views.ReversalPage(r.page(view.Title(), views.SectionActivity), view))
}

// form answers the reversal's form.
func (r reversal) form(kept map[string][]string) editForm {
	then := r.urls().Entry(r.entry.ID)
	if r.one != nil {
		then = r.urls().Group(r.one.ID)
	}
	return editForm{request: r.request, page: r.address(), then: then, kept: kept, show: r.ask}
}

func (r reversal) carryOut() error {
	form, err := r.request.form()
	if err != nil {
		return err
	}
	r.returnTo = r.urls().Local(r.address())
	f := r.form(form)
	return f.carryOut(change.Press{Press: pressOf(form), Fingerprint: form.Get("seen")}, r.edit, func() error {
		return f.again(changedMeanwhile())
	})
}
