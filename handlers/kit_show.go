package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/views"
)

// showKit lists every component in every state, to look at and to test. It is there in the sandbox
// only.
func showKit(req *request) error {
	if req.app.Sandbox == nil {
		return echo.ErrNotFound
	}
	return req.show(http.StatusOK, views.Kit(req.page("Kit", views.SectionNone)))
}
