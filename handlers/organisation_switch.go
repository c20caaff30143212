package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
)

// showOrganisations lists the person's organisations to work in another one.
func showOrganisations(req *request) error {
	if f := req.refusedForm(); f != nil {
		return req.chooseOther(f.Status, f.Problem, req.urls().Groups())
	}
	return req.chooseOther(http.StatusOK, "", req.listBefore())
}

// listBefore is the list that the page with the link belongs to, with its search, filters and page.
// The overview, the guests and the changes come back for themselves only.
func (req *request) listBefore() string {
	u, ok := req.ownReferer()
	if !ok {
		return req.urls().Groups()
	}
	if plain := []string{req.urls().Overview(), req.urls().Guests(), req.urls().Activity(views.ActivityState{})}; slices.Contains(plain, u.Path) {
		return u.RequestURI()
	}
	members := u.Path == req.urls().Members() || strings.HasPrefix(u.Path, req.urls().Members()+"/")
	address := u.Query()
	if u.Path != req.urls().Groups() && u.Path != req.urls().Members() {
		address, _ = url.ParseQuery(address.Get(views.FromKey)) // of a broken one what can be read
	}
	if members {
		return req.urls().MemberList(memberListState(address, req.now()))
	}
	return req.urls().GroupList(groupListState(address))
}

// chooseOther asks for an organisation. stay is where to go back to.
func (req *request) chooseOther(status int, message, stay string) error {
	list, short, err := req.organisations()
	if err != nil {
		return err
	}
	if message == "" {
		message = short
	}
	choices := make([]views.OrganisationChoice, len(list))
	for i, o := range list {
		choices[i] = req.organisationChoice(o)
	}
	return req.show(status, views.SwitchOrganisation(req.page("Organisations", views.SectionNone), message, stay, choices))
}

// chooseAgain leads to the list, with the reason why it did not work.
func (req *request) chooseAgain(problem string) error {
	return req.answerOn(req.urls().Organisations(), refusedForm{Status: http.StatusUnprocessableEntity, Problem: problem}, func() error {
		return req.chooseOther(http.StatusUnprocessableEntity, problem, req.urls().Groups())
	})
}

// organisations reads the person's organisations, and says which could not be read.
func (req *request) organisations() (list []tallyfy.Organization, note string, err error) {
	list, err = req.app.organisations(req.ctx(), req.api)
	var short *tallyfy.ShortError
	if errors.As(err, &short) {
		return list, missing(short, "organisations"), nil
	}
	return list, "", err
}

// switchOrganisation goes to work in another organisation. Tallyfy is asked first whether the token
// may; then the session gets a new id. The organisations entered before stay open in other tabs.
func switchOrganisation(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	req.returnTo = req.urls().Local(req.urls().Organisations())
	id := tallyfy.ID(strings.TrimSpace(form.Get("organization")))
	list, _, err := req.organisations()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o tallyfy.Organization) bool { return o.ID == id })
	if i < 0 {
		return req.chooseAgain("Choose one of your organisations.")
	}
	member, err := req.api.Organizations.Membership(req.ctx(), id)
	if isShutOut(err) {
		return req.chooseAgain(shutOut(err, "Tallyfy does not let this token into "+names.Isolate(list[i].DisplayName())+
			". A token belongs to the organisation that it was made in: sign in there with one of its own."))
	}
	if err != nil {
		return err
	}
	user := tallyfy.User{ID: req.who.UserID, Email: req.who.Email, Username: req.who.Name, Timezone: req.who.Timezone}
	return req.enter(views.SignInForm{Next: web.LocalPath(form.Get("next"))}, &pendingSignIn{Token: req.who.Token, User: user, Organisations: list, Ends: req.who.TokenEnds}, list[i], member)
}
