package handlers

import (
	"errors"
	"net/http"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
	"tallyfy-admin/views/names"
)

// shutOutBy finds out what a refused call means. If Tallyfy does not let the person into the organisation
// any more, the result is the one page that is left, else nil.
func (req *request) shutOutBy(err error) (page *problem) {
	if req.who == nil || errors.As(err, new(*problem)) || !tallyfy.IsForbidden(err) && !tallyfy.IsDenied(err) {
		return nil
	}
	_ = errors.As(req.checkShutOut(), &page) // what else went wrong, the error itself tells
	return page
}

// lockedOut reports that the person is not signed in any more, or shut out: then no form comes back.
func lockedOut(err error) bool {
	var own *problem
	return tallyfy.IsUnauthorized(err) || errors.Is(err, errSignedOut) || errors.As(err, &own) && own.signOut
}

// checkShutOut asks Tallyfy whether it lets the person into the organisation, and notes the answer. From
// the refusal on nothing that was read there is shown, at any process.
func (req *request) checkShutOut() error {
	_, err := req.api.Organizations.Membership(req.ctx(), req.org())
	switch {
	case err == nil:
		if req.who.ShutOut {
			req.session.change(func(*sessionData) { req.who.ShutOut = false })
		}
		return nil
	case !isShutOut(err) || tallyfy.IsUnauthorized(err):
		return err
	}
	req.app.forget(req.scope)
	req.session.change(func(d *sessionData) {
		req.who.ShutOut, d.Notices = true, nil
		if req.typed != nil && len(req.typed.Encode()) <= mostTyped {
			d.Draft = &draft{Path: req.returnTo, Form: req.typed, Owner: req.who.tag()}
		}
	})
	text := shutOut(err, "Tallyfy does not let you into "+names.Isolate(req.who.Organisation.Name)+" any more.") +
		" Nothing that was read there before is shown. If this is a mistake, ask one of its administrators."
	if !req.reads() {
		text += " Nothing was changed."
	}
	link := req.toOrganisations()
	if req.route.path == "/organisations" {
		link.Text = "Try again"
	}
	return &problem{status: http.StatusForbidden, title: "Tallyfy does not let you in here", text: text, links: []components.LinkProps{link}, signOut: true, cause: err}
}

// forget drops everything that was read with one token.
func (a *App) forget(s cache.Scope) {
	a.Directory.Forget(s)
	for _, c := range []*cache.Cache{a.answers, a.logoPlaces} {
		c.Forget(s)
	}
}
