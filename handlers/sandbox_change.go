package handlers

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/membership"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// sandboxChoices is how many groups, and how many people, the page of the other administrator offers.
const sandboxChoices = 100

// showSandbox is the page on which somebody who tries the dashboard out acts as another administrator, who
// works in Tallyfy itself. It is there in the sandbox only.
func showSandbox(req *request) error {
	if req.app.Sandbox == nil {
		return echo.ErrNotFound
	}
	page, err := req.api.Groups.List(req.ctx(), req.org(), tallyfy.GroupListOptions{SortBy: "name", PerPage: sandboxChoices})
	if err != nil {
		return err
	}
	members, err := req.Members(req.ctx())
	if shut := req.shutOutBy(err); shut != nil {
		return shut
	}
	view := views.SandboxPage{Group: req.QueryParam("group"), Member: req.QueryParam("member"), Note: req.directoryNote(members, err)}
	for _, g := range page.Items {
		view.Groups = append(view.Groups, components.Choice{Value: string(g.ID), Text: names.Isolate(g.DisplayName())})
	}
	people := members.Search("", func(m *tallyfy.Member) bool { return !m.IsBot() })
	for _, m := range people[:min(len(people), sandboxChoices)] {
		view.People = append(view.People, components.Choice{Value: string(m.ID), Text: req.called(m)})
	}
	return req.show(http.StatusOK, views.Sandbox(req.page("Act as another administrator", views.SectionNone), view))
}

// A colleague is the other administrator of the sandbox, with what the form asks of them.
type colleague struct {
	api    *tallyfy.Client
	org    tallyfy.ID
	group  tallyfy.ID
	member tallyfy.UserID
	name   string
}

// colleagueDoes are the buttons of the page.
var colleagueDoes = map[string]struct {
	did string
	do  func(c colleague, ctx context.Context) error
}{
	"add": {"Another administrator added the person to the group.", func(c colleague, ctx context.Context) error {
		return c.update(ctx, membership.People{Add: []tallyfy.UserID{c.member}}, "")
	}},
	"remove": {"Another administrator took the person out of the group.", func(c colleague, ctx context.Context) error {
		return c.update(ctx, membership.People{Remove: []tallyfy.UserID{c.member}}, "")
	}},
	"rename": {"Another administrator renamed the group.", func(c colleague, ctx context.Context) error {
		return c.update(ctx, membership.People{}, c.name)
	}},
	"delete": {"Another administrator deleted the group.", func(c colleague, ctx context.Context) error {
		return c.api.Groups.Delete(ctx, c.org, c.group)
	}},
	"disable": {"Another administrator disabled the person.", func(c colleague, ctx context.Context) error {
		_, err := c.api.Members.Disable(ctx, c.org, c.member)
		return err
	}},
}

// update replaces the group as a whole, as Tallyfy's own pages do. An empty name stays as it is.
func (c colleague) update(ctx context.Context, people membership.People, name string) error {
	g, err := c.api.Groups.Get(ctx, c.org, c.group)
	if err != nil {
		return err
	}
	if name == "" {
		name = g.Name
	}
	members, guests := people.Merge(g.Members, g.Guests)
	_, err = c.api.Groups.Update(ctx, c.org, c.group, tallyfy.UpdateGroupRequest{Name: name, Description: g.Description, Members: &members, Guests: &guests})
	return err
}

// colleagueTime is how long the other administrator may take.
const colleagueTime = 10 * time.Second

// changeSandbox changes the sandbox as another administrator: at once, or in the moment after the next update
// that the dashboard sends. Nothing of it is in the journal, and no copy is dropped, as with any change that
// is made past the dashboard.
func changeSandbox(req *request) error {
	if req.app.Sandbox == nil {
		return echo.ErrNotFound
	}
	form, err := req.form()
	if err != nil {
		return err
	}
	c := colleague{
		api: req.app.API.WithToken(req.app.Sandbox.Colleague), org: req.org(),
		group: tallyfy.ID(form.Get("group")), member: tallyfy.UserID(form.Get("member")), name: names.Tidy(form.Get("name")),
	}
	action := form.Get("action")
	does, known := colleagueDoes[action]
	say := func(kind views.NoticeKind, text string) error {
		req.notice(views.Notice{Kind: kind, Text: text})
		return req.goTo(req.urls().Sandbox(string(c.group), string(c.member)))
	}
	about := map[string][]string{"disable": {string(c.member)}, "delete": {string(c.group)}, "rename": {string(c.group)}}[action]
	if about == nil {
		about = []string{string(c.group), string(c.member)}
	}
	switch {
	case !known:
		return say(views.NoticeProblem, "Choose one of the buttons. Nothing was changed.")
	case slices.ContainsFunc(about, func(id string) bool { return !tallyfy.PlausibleID(id) }):
		return say(views.NoticeProblem, "Choose a group and a person from the lists. Nothing was changed.")
	case action == "rename" && membership.NameProblem(form.Get("name")) != "":
		return say(views.NoticeProblem, membership.NameProblem(form.Get("name"))+" Nothing was changed.")
	}
	own := context.WithoutCancel(req.ctx()) // the request may have ended
	act := func() error {
		ctx, done := context.WithTimeout(own, colleagueTime)
		defer done()
		err := does.do(c, ctx)
		if err != nil {
			req.logInfo("the other administrator failed", err)
		}
		return err
	}
	if form.Get("when") == "later" {
		req.app.Sandbox.AfterUpdate(func() { _ = act() })
		return say(views.NoticeInfo, "Waiting: it happens right after the next change of a group is sent from this dashboard.")
	}
	if err := act(); err != nil {
		text := "The other administrator could not do that."
		if r, ok := refusalOf(err); ok {
			text += " " + r.Text
		}
		return say(views.NoticeProblem, text)
	}
	return say(views.NoticeDone, does.did)
}
