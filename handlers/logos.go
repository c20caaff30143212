package handlers

import (
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// A logoPlace is where a group's logo is, and the name whose initials stand for it.
type logoPlace struct{ name, url string }

const (
	// placeTime and imageTime are how long places and images are kept.
	placeTime, imageTime = time.Hour, 10 * time.Minute
	// keptPlaces and keptImages are how many. Images of at most largestImage take 32 MB.
	keptPlaces, keptImages = 20_000, 512
	largestImage           = 64 << 10
)

// rememberLogo keeps where the logo of a group is that a page shows, so that the browser's request
// for it takes no call to find out.
func (req *request) rememberLogo(g *tallyfy.Group) {
	place := logoPlace{strings.Clone(g.Name), strings.Clone(g.Logo)} // texts of one answer may share memory
	req.app.logoPlaces.Put(req.scope, strings.Clone(string(g.ID)), place, placeTime)
}
