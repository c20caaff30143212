package handlers

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// showGroupLogo shows a group's logo, or draws the group's initials. It never ends a session and never
// shows an error page: it is only a picture.
func showGroupLogo(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	place, err := req.readLogoPlace(id)
	if err != nil {
		return req.initials(id, "?", err)
	}
	var image *logo.Image
	if place.url != "" {
		image, err = req.readLogo(req.ctx(), place.url)
	}
	if req.leftUnderWay() {
		return req.initials(id, "?", errSignedOut)
	}
	if err != nil || image == nil {
		return req.initials(id, place.name, err)
	}
	h := req.picture(image.ContentType)
	if req.QueryParam("v") == logo.Version(place.url) {
		// Without Vary a browser keeps it beyond the next sign-in, which changes the cookie. Only pages
		// of those who may see the group tell this address.
		h.Set(echo.HeaderCacheControl, "private, max-age=86400, immutable")
	} else {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
		h.Add(echo.HeaderVary, echo.HeaderCookie)
	}
	h.Set("ETag", image.ETag)
	http.ServeContent(req.Response(), req.Request(), "", time.Time{}, bytes.NewReader(image.Data))
	return nil
}

// readLogoPlace finds where a group's logo is. It takes a call only if no page has shown the group.
func (req *request) readLogoPlace(id tallyfy.ID) (logoPlace, error) {
	o := cache.Options[logoPlace]{TTL: placeTime}
	return cache.Fetch(req.ctx(), req.app.logoPlaces, req.scope, string(id), o, inTurn(req, func(ctx context.Context) (logoPlace, error) {
		group, err := req.api.Groups.Get(ctx, req.org(), id)
		if err != nil {
			return logoPlace{}, err
		}
		return logoPlace{group.Name, group.Logo}, nil
	}))
}

// picture sets the headers of something that is only a picture, whatever it may contain.
func (req *request) picture(contentType string) http.Header {
	h := req.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set(echo.HeaderContentType, contentType)
	return h
}

// initials draws what stands for a logo that cannot be shown. err, if any, is why it may be another time.
func (req *request) initials(id tallyfy.ID, name string, err error) error {
	h := req.picture("image/svg+xml")
	h.Set(echo.HeaderCacheControl, "private, max-age=300")
	h.Add(echo.HeaderVary, echo.HeaderCookie) // the answer depends on who asks
	if err != nil {
		req.logInfo("logo not fetched", err)
		h.Set(echo.HeaderCacheControl, "no-store")
	}
	hue := components.Hue(string(id))*30 + 15
	return req.Blob(http.StatusOK, "image/svg+xml", fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><rect width="40" height="40" fill="hsl(%d 45%% 85%%)"/>`+
			`<text x="20" y="21" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" font-weight="650" font-size="15" fill="hsl(%d 55%% 24%%)">%s</text></svg>`,
		hue, hue, html.EscapeString(components.Initials(name))))
}
