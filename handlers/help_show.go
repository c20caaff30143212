package handlers

import (
	"net/http"

	"tallyfy-admin/views"
)

// showHelp says what the person can do here, and lists the keys.
func showHelp(req *request) error {
	return req.show(http.StatusOK, views.Help(req.page("Help", views.SectionHelp)))
}

// sayRights takes the person's word that the organisation lets Standard members manage groups, for Tallyfy does not
// tell. It only puts buttons on pages: Tallyfy decides about each change.
func sayRights(req *request) error {
	form, err := req.form()
	if err != nil {
		return err
	}
	req.session.change(func(*sessionData) { req.who.ManagesGroups = form.Get("groups") == "yes" })
	return req.goTo(req.urls().Help())
}
