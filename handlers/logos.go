package handlers

import (
	"context"
	"errors"
	"strings"
	"time"

	"tallyfy-admin/handlers/cache"
	"tallyfy-admin/handlers/logo"
	"tallyfy-admin/handlers/ratelimit"
	"tallyfy-admin/tallyfy"
)

// A logoPlace is where a group's logo is, and the name whose initials stand for it.
type logoPlace struct{ name, url string }

const (
	// placeTime is how long places are kept: so long may a logo be shown to somebody who may not read
	// the group any more. keptPlaces is how many.
	placeTime, keptPlaces = 10 * time.Minute, 20_000
)

// rememberLogo keeps where the logo of a group is that a page shows, so that the browser's request
// for it takes no call to find out.
func (req *request) rememberLogo(g *tallyfy.Group) {
	if g.Logo == "" {
		return // the page shows initials, and nothing is asked for
	}
	place := logoPlace{strings.Clone(g.Name), strings.Clone(g.Logo)} // texts of one answer may share memory
	req.app.logoPlaces.Put(req.scope, strings.Clone(string(g.ID)), place, placeTime)
}

// readLogo gives the logo at an address that the person's own token has read. It is read from there
// once for the whole organisation, and kept in the database. A nil image is the knowledge that there
// is none to show.
func (req *request) readLogo(ctx context.Context, address string) (*logo.Image, error) {
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
	image, err := cache.Fetch(ctx, req.app.answers, cache.ScopeOf("", req.org()), "logo "+address, o, load)
	if err != nil && !read { // somebody else's token may have been refused
		return load(ctx)
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
		req.logInfo("logo not shown", err)
	default:
		return nil, err
	}
	if err := req.app.LogoStore.Put(ctx, string(req.org()), address, data); err != nil {
		req.logError("logo not kept", err)
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

// logoData is readLogo for a change that stores the picture.
func (req *request) logoData(ctx context.Context, address string) ([]byte, error) {
	image, err := req.readLogo(ctx, address)
	if err != nil || image == nil {
		return nil, err
	}
	return image.Data, nil
}
