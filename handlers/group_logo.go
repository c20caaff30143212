package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// showGroupLogo streams a group's logo with the session's token, or draws the group's initials. It
// never ends a session and never shows an error page: it is only a picture.
func showGroupLogo(req *request) error {
	id := tallyfy.ID(web.Param(req, "group"))
	place, err := req.readLogoPlace(id)
	if err != nil {
		return req.initials(id, "?", err)
	}
	var image *logo.Image
	if place.url != "" {
		image, err = req.readLogo(place.url)
	}
	if req.signedOut() {
		return req.initials(id, "?", errSignedOut)
	}
	if err != nil || image == nil {
		return req.initials(id, place.name, err)
	}
	h := req.picture(image.ContentType)
	if req.QueryParam("v") == logo.Version(place.url) {
		h.Set(echo.HeaderCacheControl, "private, max-age=604800, immutable")
	} else {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
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

// readLogo reads the logo at an address. A nil image is the knowledge that there is none to show.
func (req *request) readLogo(address string) (*logo.Image, error) {
	keep := func(image *logo.Image) bool { return image == nil || len(image.Data) <= largestImage }
	o := cache.Options[*logo.Image]{TTL: imageTime, Keep: keep}
	return cache.Fetch(req.ctx(), req.app.logoImages, req.scope, address, o, inTurn(req, func(ctx context.Context) (*logo.Image, error) {
		image, err := req.app.Logos.Fetch(ctx, req.api, address)
		if errors.Is(err, logo.ErrNone) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			req.app.Log.Info("logo not shown", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
			return nil, nil
		}
		return image, err
	}))
}

// inTurn makes a call wait for the other logos of the page. Clicks go first.
func inTurn[V any](req *request, call func(context.Context) (V, error)) func(context.Context) (V, error) {
	return func(ctx context.Context) (none V, err error) {
		leave, err := req.app.logoSlots.Take(ctx, req.scope)
		if err != nil {
			return none, err
		}
		defer leave()
		return call(ratelimit.Background(ctx))
	}
}

// picture sets the headers of something that is only a picture, whatever it may contain. The answer depends on who asks.
func (req *request) picture(contentType string) http.Header {
	h := req.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set(echo.HeaderContentType, contentType)
	h.Add(echo.HeaderVary, echo.HeaderCookie)
	return h
}

// initials draws what stands for a logo that cannot be shown. err, if any, is why it may be another time.
func (req *request) initials(id tallyfy.ID, name string, err error) error {
	h := req.picture("image/svg+xml")
	h.Set(echo.HeaderCacheControl, "private, max-age=300")
	if err != nil {
		req.app.Log.Info("logo not fetched", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
		h.Set(echo.HeaderCacheControl, "no-store")
	}
	hue := components.Hue(string(id))*30 + 15
	return req.Blob(http.StatusOK, "image/svg+xml", fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><rect width="40" height="40" fill="hsl(%d 45%% 85%%)"/>`+
			`<text x="20" y="21" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" font-weight="650" font-size="15" fill="hsl(%d 55%% 24%%)">%s</text></svg>`,
		hue, hue, html.EscapeString(components.Initials(name))))
}
