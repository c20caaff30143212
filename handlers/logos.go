package handlers

import (
	"strings"
	"time"

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
