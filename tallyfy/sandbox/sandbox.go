package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// BaseURL is the address of the sandbox in process, through [Server.Transport]. The host never
// resolves (RFC 6761), so a request that misses the transport fails instead of leaving the machine.
const BaseURL = "http://sandbox.invalid/api"

// The tokens that the sandbox knows from the start. Tokens that it did not issue are answered with
// 401.
const (
	AdminToken     = "sandbox-admin"     // an administrator of both organisations, not the default one of the main one
	ColleagueToken = "sandbox-colleague" // another administrator of the main organisation
	StandardToken  = "sandbox-standard"  // a standard member of the main organisation: reads, but may not change
	LightToken     = "sandbox-light"     // a light member of the main organisation: reads, but may not change
	ExpiredToken   = "sandbox-expired"   // always 401
)

// The sizes of the seed, the smallest that [Options] accepts.
const (
	seedGroups  = 34
	seedMembers = 60
)

// Options configure a [Server]. The zero value is the plain demo organisation.
type Options struct {
	// Groups and Members are the totals in the main organisation. 0 is the seed's own 34 and 60.
	// Larger totals add invented ones after the seed's. Smaller ones are an error.
	Groups, Members int
	// Joiners adds people to the main organisation for whom a review of new joiners finds something, and their
	// colleagues.
	Joiners bool
	// Latency is added to each answer. The wait stops when the request's context ends.
	Latency time.Duration
	// OAuthClients are the applications that may ask people to sign in at /oauth/authorize: the
	// redirect URIs by client id. A URI is http or https without a fragment, and is compared
	// character by character.
	OAuthClients map[string][]string
	// TokenLife is the life of issued tokens, in whole seconds. 0 is the documented 15778800.
	TokenLife time.Duration
	// Reads is how many GETs are answered in any stretch of Per, from all clients together, as for
	// one office's address. More get 429. 0 is no limit. Reads needs a Per above 0.
	Reads int
	Per   time.Duration
	// ShuffleTies gives the items of a list that are equal in its order in another order at each call, as a database may.
	ShuffleTies bool
	// HandOver is how long after a removal it takes until all tasks of the member are the successor's. They move one after the
	// other, by the sandbox's clock.
	HandOver time.Duration
	// FullSeats and LightSeats are how many seats of a pool the main organisation has; 0 is no limit. Active and
	// invited people take one each, but for bots. FlatErrors says that a refusal for lack of one has its code at
	// the top, and not in an object.
	FullSeats, LightSeats int
	FlatErrors            bool
	// InvitesADay is how many invitations an organisation may send in a day (UTC). 0 is the documented 10.
	InvitesADay int
	// Now is the clock, time.Now when nil. The seed's dates are relative to its value at [New].
	Now func() time.Time
}

func (o Options) withDefaults() (Options, error) {
	if o.Groups == 0 {
		o.Groups = seedGroups
	}
	if o.Members == 0 {
		o.Members = seedMembers
	}
	if o.InvitesADay == 0 {
		o.InvitesADay = documentedInvites
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TokenLife == 0 {
		o.TokenLife = documentedTokenLife
	}
	clients, err := checkClients(o.OAuthClients)
	if err != nil {
		return o, err
	}
	o.OAuthClients = clients
	switch {
	case o.Groups < seedGroups:
		return o, fmt.Errorf("sandbox: %d groups asked for, the seed has %d", o.Groups, seedGroups)
	case o.Members < seedMembers:
		return o, fmt.Errorf("sandbox: %d members asked for, the seed has %d", o.Members, seedMembers)
	case o.Reads < 0 || (o.Reads > 0 && o.Per <= 0):
		return o, fmt.Errorf("sandbox: a limit of %d reads in %s", o.Reads, o.Per)
	case o.FullSeats < 0 || o.LightSeats < 0 || o.InvitesADay < 0:
		return o, fmt.Errorf("sandbox: %d full seats, %d light seats, %d invitations", o.FullSeats, o.LightSeats, o.InvitesADay)
	case o.HandOver < 0:
		return o, fmt.Errorf("sandbox: a hand-over of %s", o.HandOver)
	case o.Latency < 0:
		return o, fmt.Errorf("sandbox: negative latency %s", o.Latency)
	case o.TokenLife < 0 || o.TokenLife%time.Second != 0:
		return o, fmt.Errorf("sandbox: a token's life of %s is not a number of seconds", o.TokenLife)
	}
	return o, nil
}

var _ http.Handler = (*Server)(nil)
