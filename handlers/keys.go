package handlers

import (
	"net/http"

	"tallyfy-admin/views"
)

// showKeys lists what can be done with the keyboard.
func showKeys(v *visit) error {
	return v.show(http.StatusOK, views.Keys(v.page("Keys", views.SectionNone)))
}
