package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// BaseURL is what an API client is given when it reaches the sandbox in process, through [Server.Transport].
// The host can never resolve (RFC 6761), so a request that misses the transport fails instead of leaving the machine.
const BaseURL = "http://sandbox.invalid/api"

// The tokens the sandbox knows from the start; beside those it has issued, every other one is answered with 401.
const (
	AdminToken    = "sandbox-admin"    // an administrator of both organisations, not the default one of the main one
	StandardToken = "sandbox-standard" // a standard member of the main organisation: reads, but may not change
	ExpiredToken  = "sandbox-expired"  // always 401
)

// The sizes of the seed, the smallest that [Options] accepts.
const (
	seedGroups  = 34
	seedMembers = 60
)

// Options sizes and slows a [Server]; the zero value is the plain demo organisation.
type Options struct {
	// Groups and Members are the totals in the main organisation. 0 means the seed's own 34 and 60;
	// larger totals add made-up ones after the seed's; smaller ones are an error.
	Groups, Members int
	// Latency is added to each answer. The wait stops when the request's context ends.
	Latency time.Duration
	// OAuthClients are the applications that may ask people to sign in at /oauth/authorize: by client id the redirect
	// URIs, http or https and without a fragment, which are compared character by character.
	OAuthClients map[string][]string
	// TokenLife is how long the tokens last that are issued there, in whole seconds; 0 means the documented 15778800.
	TokenLife time.Duration
	// Reads is how many GETs are answered in any stretch of Per, whoever sends them, as one office's address is counted; more
	// get 429. 0 is no limit. It must come with a Per above 0.
	Reads int
	Per   time.Duration
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
	case o.Latency < 0:
		return o, fmt.Errorf("sandbox: negative latency %s", o.Latency)
	case o.TokenLife < 0 || o.TokenLife%time.Second != 0:
		return o, fmt.Errorf("sandbox: a token's life of %s is not a number of seconds", o.TokenLife)
	}
	return o, nil
}

var _ http.Handler = (*Server)(nil)
