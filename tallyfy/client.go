package tallyfy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is the documented address. https://api.tallyfy.com serves the same paths (seen in
// the vendor's client).
const DefaultBaseURL = "https://go.tallyfy.com/api"

const (
	defaultUserAgent      = "tallyfy-admin"
	defaultAttemptTimeout = 10 * time.Second
	defaultMaxBody        = 16 << 20
)

// Options configures a [Client]. The zero value is usable.
type Options struct {
	// BaseURL is http or https and may have a path prefix; a trailing slash is tolerated. Default
	// [DefaultBaseURL].
	BaseURL string
	// Transport sends the requests. Default [NewTransport].
	Transport http.RoundTripper
	// UserAgent defaults to "tallyfy-admin".
	UserAgent string
	// AttemptTimeout limits one attempt, headers and body together; for a streamed file only the
	// headers, because its body belongs to the caller's context. Default 10 s.
	AttemptTimeout time.Duration
	// MaxBody is the largest answer that is decoded, in bytes after decompression. Default 16 MiB.
	MaxBody int64
	// Limiter, when set, decides when each attempt is sent. All clients behind one address share one.
	Limiter Limiter
	// OnCall, when set, receives each attempt after it has ended, for metrics and logs, with the
	// context of the call. It must be quick and safe for concurrent use. Waits for a rate limit are
	// not attempts.
	OnCall func(context.Context, Call)
	// OnWait, when set, receives each wait that a 429 has caused: the operation, and how long it is
	// at most. The same rules hold as for OnCall.
	OnWait func(ctx context.Context, operation string, wait time.Duration)
}

// Call describes one attempt to [Options.OnCall]. It holds no token, query or body.
type Call struct {
	// Operation names the client's method, like "groups.list": a bounded set, fit for a metric's
	// label.
	Operation string
	Method    string
	// Caller tells tokens apart.
	Caller Caller
	// Status is 0 when there was no answer.
	Status int
	// Attempt counts from 1.
	Attempt int
	// Once says that the call is made at once or not at all: after a wait it would write what is out of
	// date by then.
	Once     bool
	Duration time.Duration
	// Err is nil or a *[Error]. An answer that arrives whole but cannot be decoded counts as a
	// successful attempt.
	Err       error
	RequestID string
}

// Caller is a hash of a token.
type Caller [sha256.Size]byte

// Client calls the API. It is safe for concurrent use; make one with [New] and a copy per token
// with [Client.WithToken].
type Client struct {
	Groups        *GroupsService
	Members       *MembersService
	Guests        *GuestsService
	Tasks         *TasksService
	Organizations *OrganizationsService
	Files         *FilesService
	Activity      *ActivityService

	common service // of all services above, which are views of it
	shared *shared
	cred   credential
}

// shared is the part that all copies of a client have in common.
type shared struct {
	base           *url.URL // without trailing slash
	http           *http.Client
	userAgent      string
	attemptTimeout time.Duration
	maxBody        int64
	limiter        Limiter
	onCall         func(context.Context, Call)
	onWait         func(context.Context, string, time.Duration)
	decoded        *decodedPages
}

// credential is a token and its hash.
type credential struct {
	token, bearer func() string // functions, because no verb of fmt prints what they hold
	caller        Caller
}

// service is what each resource's service is made of.
type service struct{ client *Client }

// New returns a client without a token. The only errors are about [Options.BaseURL].
func New(o Options) (*Client, error) {
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	base, err := parseBaseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = NewTransport()
	}
	if o.UserAgent == "" {
		o.UserAgent = defaultUserAgent
	}
	if o.AttemptTimeout <= 0 {
		o.AttemptTimeout = defaultAttemptTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	s := &shared{
		base:           base,
		userAgent:      o.UserAgent,
		attemptTimeout: o.AttemptTimeout,
		maxBody:        o.MaxBody,
		limiter:        o.Limiter,
		onCall:         o.OnCall,
		onWait:         o.OnWait,
		decoded:        newDecodedPages(),
	}
	s.http = &http.Client{Transport: o.Transport, CheckRedirect: s.checkRedirect}
	return newClient(s, ""), nil
}

// WithToken returns a copy that signs its calls with token. The copy shares the transport and the
// options, and costs no more than a few allocations.
func (c *Client) WithToken(token string) *Client { return newClient(c.shared, token) }

// IsAPIHost reports whether u has the scheme, host and port of the base URL: only then may the
// token travel there. A URL with user information never counts.
func (c *Client) IsAPIHost(u *url.URL) bool {
	return u != nil && u.User == nil && sameOrigin(u, c.shared.base)
}

func newClient(s *shared, token string) *Client {
	bearer := "Bearer " + token
	c := &Client{shared: s, cred: credential{
		token:  func() string { return token },
		bearer: func() string { return bearer },
		caller: sha256.Sum256([]byte(token)),
	}}
	c.common.client = c
	c.Groups = (*GroupsService)(&c.common)
	c.Members = (*MembersService)(&c.common)
	c.Guests = (*GuestsService)(&c.common)
	c.Tasks = (*TasksService)(&c.common)
	c.Organizations = (*OrganizationsService)(&c.common)
	c.Files = (*FilesService)(&c.common)
	c.Activity = (*ActivityService)(&c.common)
	return c
}

// parseBaseURL never repeats a rejected URL that may hold a password.
func parseBaseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("tallyfy: the base URL cannot be read as a URL")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("tallyfy: the base URL must not hold a user name or password")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("tallyfy: the base URL must begin with https:// or http://, not %q", u.Scheme+":")
	case u.Hostname() == "":
		return nil, errors.New("tallyfy: the base URL has no host")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("tallyfy: the base URL must not have a query or a fragment")
	}
	escaped := strings.TrimRight(u.EscapedPath(), "/")
	if u.Path, err = url.PathUnescape(escaped); err != nil {
		return nil, errors.New("tallyfy: the path of the base URL cannot be read")
	}
	u.RawPath = escaped
	return u, nil
}
