package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/views"
)

// showKeys lists what can be done with the keyboard.
func showKeys(v *visit) error {
	return v.show(http.StatusOK, views.Keys(v.page("Keys", views.SectionNone)))
}

// showKit shows every component in every state, to look at and to test. It is there in the sandbox only.
func showKit(v *visit) error {
	if v.app.SandboxToken == "" {
		return echo.ErrNotFound
	}
	return v.show(http.StatusOK, views.Kit(v.page("Kit", views.SectionNone)))
}
