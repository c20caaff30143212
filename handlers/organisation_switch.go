package handlers

import (
	"net/http"
	"slices"
	"strings"

	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
)

// showOrganisations lists the person's organisations to work in another one.
func showOrganisations(v *visit) error {
	return v.chooseOther(http.StatusOK, "")
}

func (v *visit) chooseOther(status int, message string) error {
	list, err := v.api.Organizations.List(v.ctx())
	if err != nil {
		return err
	}
	choices := make([]views.OrganisationChoice, len(list))
	for i, o := range list {
		choices[i] = views.OrganisationChoice{ID: string(o.ID), Name: o.Name, Current: o.ID == v.org()}
	}
	return v.show(status, views.SwitchOrganisation(v.page("Organisations", views.SectionNone), message, choices))
}

// switchOrganisation goes to work in another organisation. Tallyfy is asked first whether the token may; then the session gets a
// new id, and nothing of the old one goes along.
func switchOrganisation(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	v.returnTo = v.urls().Local(v.urls().Organisations())
	id := tallyfy.ID(strings.TrimSpace(form.Get("organization")))
	list, err := v.api.Organizations.List(v.ctx())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o tallyfy.Organization) bool { return o.ID == id })
	if i < 0 {
		return v.chooseOther(http.StatusUnprocessableEntity, "Choose one of your organisations.")
	}
	member, err := v.api.Organizations.Membership(v.ctx(), id)
	if isShutOut(err) {
		return v.chooseOther(http.StatusUnprocessableEntity, shutOut(err, "Tallyfy does not let this token into "+list[i].Name+
			". A token belongs to the organisation that it was made in: sign in there with one of its own."))
	}
	if err != nil {
		return err
	}
	user := tallyfy.User{ID: v.who.UserID, Email: v.who.Email, Username: v.who.Name, Timezone: v.who.Timezone}
	return v.enter(views.SignInForm{}, &pendingSignIn{Token: v.who.Token, User: user, Ends: v.who.TokenEnds}, list[i], member)
}
