package logo

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tallyfy-admin/tallyfy"
)

// ErrNone means that a browser can show nothing: the logo is missing, refused, too large, or not a
// raster image. The wrapping error gives the reason, for a log. It never holds a URL's query, which
// is the secret of a pre-signed URL.
var ErrNone = errors.New("no logo")

// An Image is a raster image that browsers show.
type Image struct {
	Data []byte
	// ContentType is one of image/png, image/jpeg, image/gif, image/webp and image/bmp, by the
	// content.
	ContentType string
	// ETag is a strong entity tag, quotes included: a hash of Data.
	ETag string
}

// Extension is what the name of a file with the image ends in, by its content type.
func (i *Image) Extension() string { return strings.TrimPrefix(i.ContentType, "image/") }

// Options configures a [Fetcher]. The zero value is usable.
type Options struct {
	// Timeout limits one Fetch, redirects and body included. Default 5 s.
	Timeout time.Duration
	// MaxBytes is the largest file that is accepted. Default 2 MiB.
	MaxBytes int64

	// Resolver, for tests, finds the addresses of storage hosts. Default: the system's.
	Resolver *net.Resolver
	// Dial, for tests only, connects to storage hosts instead of the dialer that refuses private
	// addresses.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// RootCAs, for tests, are the authorities that storage hosts are checked against. Default: the
	// system's.
	RootCAs *x509.CertPool
}

// A Fetcher fetches logos. It is safe for concurrent use. It keeps connections to storage hosts,
// but no images.
type Fetcher struct {
	timeout  time.Duration
	maxBytes int64
	outside  *http.Transport
}

// New returns a Fetcher.
func New(o Options) *Fetcher {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 2 << 20
	}
	if o.Dial == nil {
		o.Dial = newDialer(o.Resolver, guard).DialContext
	}
	return &Fetcher{
		timeout:  o.Timeout,
		maxBytes: o.MaxBytes,
		outside:  newTransport(o.Dial, o.RootCAs),
	}
}

// Fetch returns the image at rawURL. The client's token goes to the API's own host only (see
// [tallyfy.Client.IsAPIHost]). Any other host must be public and speak https on port 443.
//
// A [*tallyfy.Error] of the API, except a 404, is returned as it is. Every other error wraps
// [ErrNone], and the context's error, too, when its end was the reason. A relative URL is ErrNone:
// the contract only knows absolute ones.
func (f *Fetcher) Fetch(ctx context.Context, client *tallyfy.Client, rawURL string) (*Image, error) {
	u, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()

	image, err := f.fetch(ctx, client, u)
	if err != nil && ctx.Err() != nil { // what a host sends to somebody who has hung up says nothing
		err = fmt.Errorf("%w: %w", err, ctx.Err())
	}
	return image, err
}

func (f *Fetcher) fetch(ctx context.Context, client *tallyfy.Client, u *url.URL) (*Image, error) {
	var data []byte
	var err error
	if client.IsAPIHost(u) {
		data, err = f.fromAPI(ctx, client, u)
	} else {
		data, err = f.fromOutside(ctx, u)
	}
	if err != nil {
		return nil, err
	}
	return f.Image(data)
}

// mostPixels is the largest product of width and height: a small file can take gigabytes in the
// browser.
const mostPixels = 16_000_000

// Image looks at the bytes of a file. It returns ErrNone for those that are not an image.
func (f *Fetcher) Image(data []byte) (*Image, error) {
	contentType, err := sniff(data, mostPixels)
	if err != nil {
		return nil, none("%w", err)
	}
	sum := sha256.Sum256(data)
	return &Image{Data: data, ContentType: contentType, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`}, nil
}

// Version is a short name of a logo's address, so that a picture's own address changes with it. It
// is empty for a group without a logo.
func Version(rawURL string) string {
	if rawURL == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(rawURL))
	return hex.EncodeToString(sum[:6])
}

// maxURL is the longest address in bytes, far above those that storage services sign.
const maxURL = 8 << 10

// parse reads an absolute URL. It drops url.Parse's error, which repeats the URL.
func parse(rawURL string) (*url.URL, error) {
	if rawURL == "" {
		return nil, none("the group has none")
	}
	if len(rawURL) > maxURL {
		return nil, none("the URL is too long")
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		return nil, none("the URL is not an absolute one")
	}
	return u, nil
}

func (f *Fetcher) fromAPI(ctx context.Context, client *tallyfy.Client, u *url.URL) ([]byte, error) {
	file, err := client.Files.OpenURL(ctx, u)
	if tallyfy.IsNotFound(err) {
		return nil, none("%w", err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Body.Close() }()
	return f.read(file.Body, file.Size)
}

// read reads a body of at most maxBytes. size is the announced length, -1 if there is none.
func (f *Fetcher) read(body io.Reader, size int64) ([]byte, error) {
	if size > f.maxBytes {
		return nil, none("%d bytes announced, more than %d", size, f.maxBytes)
	}
	data, err := io.ReadAll(io.LimitReader(body, f.maxBytes+1))
	var apiError *tallyfy.Error
	switch {
	case errors.As(err, &apiError):
		return nil, err
	case err != nil:
		return nil, none("reading the body: %w", err)
	case int64(len(data)) > f.maxBytes:
		return nil, none("more than %d bytes", f.maxBytes)
	}
	return data, nil
}

// none returns ErrNone with a reason.
func none(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrNone, fmt.Errorf(format, args...))
}
