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
func showGroupLogo(v *visit) error {
	id := tallyfy.ID(web.Param(v, "group"))
	place, err := v.readLogoPlace(id)
	if err != nil {
		return v.initials(id, "?", err)
	}
	if place.url == "" {
		return v.initials(id, place.name, nil)
	}
	image, err := v.readLogo(place.url)
	if err != nil || image == nil {
		return v.initials(id, place.name, err)
	}
	h := v.picture(image.ContentType)
	if v.QueryParam("v") == logo.Version(place.url) {
		h.Set(echo.HeaderCacheControl, "private, max-age=604800, immutable")
	} else {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
	}
	h.Set("ETag", image.ETag)
	http.ServeContent(v.Response(), v.Request(), "", time.Time{}, bytes.NewReader(image.Data))
	return nil
}

// readLogoPlace finds where a group's logo is. It takes a call only if no page has shown the group.
func (v *visit) readLogoPlace(id tallyfy.ID) (logoPlace, error) {
	o := cache.Options[logoPlace]{TTL: placeTime}
	return cache.Fetch(v.ctx(), v.app.logoPlaces, v.scope, string(id), o, inTurn(v, func(ctx context.Context) (logoPlace, error) {
		group, err := v.api.Groups.Get(ctx, v.org(), id)
		if err != nil {
			return logoPlace{}, err
		}
		return logoPlace{group.Name, group.Logo}, nil
	}))
}

// readLogo reads the logo at an address. A nil image is the knowledge that there is none to show.
func (v *visit) readLogo(address string) (*logo.Image, error) {
	keep := func(image *logo.Image) bool { return image == nil || len(image.Data) <= largestImage }
	o := cache.Options[*logo.Image]{TTL: imageTime, Keep: keep}
	return cache.Fetch(v.ctx(), v.app.logoImages, v.scope, address, o, inTurn(v, func(ctx context.Context) (*logo.Image, error) {
		image, err := v.app.Logos.Fetch(ctx, v.api, address)
		if errors.Is(err, logo.ErrNone) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			v.app.Log.Info("logo not shown", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
			return nil, nil
		}
		return image, err
	}))
}

// inTurn makes a call wait for the other logos of the page. Clicks go first.
func inTurn[V any](v *visit, call func(context.Context) (V, error)) func(context.Context) (V, error) {
	return func(ctx context.Context) (none V, err error) {
		leave, err := v.app.logoSlots.Take(ctx, v.scope)
		if err != nil {
			return none, err
		}
		defer leave()
		return call(ratelimit.Background(ctx))
	}
}

// picture sets the headers of something that is only a picture, whatever it may contain. The answer depends on who asks.
func (v *visit) picture(contentType string) http.Header {
	h := v.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set(echo.HeaderContentType, contentType)
	h.Add(echo.HeaderVary, echo.HeaderCookie)
	return h
}

// initials draws what stands for a logo that cannot be shown. err, if any, is why it may be another time.
func (v *visit) initials(id tallyfy.ID, name string, err error) error {
	h := v.picture("image/svg+xml")
	h.Set(echo.HeaderCacheControl, "private, max-age=300")
	if err != nil {
		v.app.Log.Info("logo not fetched", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
		h.Set(echo.HeaderCacheControl, "no-store")
	}
	hue := components.Hue(string(id))*30 + 15
	return v.Blob(http.StatusOK, "image/svg+xml", fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40"><rect width="40" height="40" fill="hsl(%d 45%% 85%%)"/>`+
			`<text x="20" y="21" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" font-weight="650" font-size="15" fill="hsl(%d 55%% 24%%)">%s</text></svg>`,
		hue, hue, html.EscapeString(components.Initials(name))))
}
