package handlers

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views/components"
)

// showGroupLogo streams a group's logo with the session's token, or draws the group's initials. It never ends a session
// and never shows an error page: it is only a picture.
func showGroupLogo(v *visit) error {
	id := tallyfy.ID(web.Param(v, "group"))
	k := logoKey{v.directoryKey(), id}
	place, image, err := v.logo(k)
	if err != nil {
		return v.initials(id, cmp.Or(place.name, "?"), err) // no answer, or nobody waited for it: the next request may fare better
	}
	if image == nil {
		return v.initials(id, place.name, nil)
	}
	h := v.picture(image.ContentType)
	if v.QueryParam("v") == place.version {
		h.Set(echo.HeaderCacheControl, "private, max-age=604800, immutable")
	} else {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
	}
	h.Set("ETag", image.ETag)
	http.ServeContent(v.Response(), v.Request(), "", time.Time{}, bytes.NewReader(image.Data))
	return nil
}

// logo gives where a group's logo is, and the logo itself. A nil image is the knowledge that there is none to show. What is not
// kept is asked for in turn with the others of the page, and clicks go first.
func (v *visit) logo(k logoKey) (place logoPlace, image *logo.Image, err error) {
	place, image, ok := v.app.logos.kept(k)
	if ok {
		return place, image, nil
	}
	leave, err := v.app.logos.lane(v.ctx(), k.key)
	if err != nil {
		return place, nil, err
	}
	defer leave()
	if place, image, ok = v.app.logos.kept(k); ok { // another request was for the same one
		return place, image, nil
	}
	ctx := ratelimit.Background(v.ctx())
	if place.at.IsZero() {
		group, err := v.api.Groups.Get(ctx, v.org(), k.group)
		if err != nil {
			return place, nil, err
		}
		v.app.logos.remember(k.key, group.ID, group.Name, group.Logo)
		place, _ = v.app.logos.places.Get(k)
	}
	if place.url != "" {
		image, err = v.fetchLogo(ctx, k, place)
	}
	return place, image, err
}

// fetchLogo fetches a logo and keeps it.
func (v *visit) fetchLogo(ctx context.Context, k logoKey, place logoPlace) (*logo.Image, error) {
	image, err := v.app.Logos.Fetch(ctx, v.api, place.url)
	if err != nil && (!errors.Is(err, logo.ErrNone) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return nil, err
	}
	if err != nil {
		v.app.Log.Info("logo not shown", slog.String("request_id", web.IDOf(v)), slog.Any("error", err))
	}
	v.app.logos.keep(k, place.version, image)
	return image, nil
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
