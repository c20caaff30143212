package handlers

import (
	"net/http"

	"tallyfy-admin/views"
)

// showKeys lists what can be done with the keyboard.
func showKeys(req *request) error {
	return req.show(http.StatusOK, views.KeysPage(req.page("Keyboard shortcuts", views.SectionNone)))
}
