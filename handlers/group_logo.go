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
		image, err = req.readLogo(place.url)
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

// readLogo gives the logo at an address that the person's own token has read. It is read from there
// once for the whole organisation, and kept in the database. A nil image is the knowledge that there
// is none to show.
func (req *request) readLogo(address string) (*logo.Image, error) {
	read := false
	load := func(ctx context.Context) (*logo.Image, error) {
		read = true
		data, known, err := req.app.LogoStore.Get(ctx, string(req.org()), address)
		switch {
		case err != nil:
			return nil, err
		case known && len(data) == 0:
			return nil, nil
		case known:
			return req.app.Logos.Image(data)
		}
		return inTurn(req, func(ctx context.Context) (*logo.Image, error) { return req.fetchLogo(ctx, address) })(ctx)
	}
	// Whoever asks meanwhile waits for the same reading. The cache itself keeps nothing.
	o := cache.Options[*logo.Image]{Keep: func(*logo.Image) bool { return false }}
	image, err := cache.Fetch(req.ctx(), req.app.answers, cache.ScopeOf("", req.org()), "logo "+address, o, load)
	if err != nil && !read { // somebody else's token may have been refused
		return load(req.ctx())
	}
	return image, err
}

// fetchLogo reads a logo with the person's token, and stores it.
func (req *request) fetchLogo(ctx context.Context, address string) (*logo.Image, error) {
	image, err := req.app.Logos.Fetch(ctx, req.api, address)
	var data []byte
	switch {
	case err == nil:
		data = image.Data
	case errors.Is(err, logo.ErrNone) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		req.app.Log.Info("logo not shown", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
	default:
		return nil, err
	}
	if err := req.app.LogoStore.Put(ctx, string(req.org()), address, data); err != nil {
		req.app.Log.Error("logo not kept", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
	}
	return image, nil
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
		req.app.Log.Info("logo not fetched", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
		h.Set(echo.HeaderCacheControl, "no-store")
	}
	hue := components.Hue(string(id))*30 + 15
	return req.Blob(http.StatusOK, "image/svg+xml", fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><rect width="40" height="40" fill="hsl(%d 45%% 85%%)"/>`+
			`<text x="20" y="21" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" font-weight="650" font-size="15" fill="hsl(%d 55%% 24%%)">%s</text></svg>`,
		hue, hue, html.EscapeString(components.Initials(name))))
}
