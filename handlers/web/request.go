package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
)

var saneID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// RequestID gives each request an id: the one that a trusted proxy sent, if its form is sane, else
// a new one. The id is on the answer, in the log and on error pages.
func RequestID(trusted []netip.Prefix) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			id := requestID(c.Request(), trusted)
			c.Set(requestIDKey, id)
			c.Response().Header().Set(echo.HeaderXRequestID, id)
			return next(c)
		}
	}
}

func requestID(r *http.Request, trusted []netip.Prefix) string {
	if id := r.Header.Get(echo.HeaderXRequestID); fromTrusted(r, trusted) && saneID.MatchString(id) {
		return id
	}
	return NewID()
}

const requestIDKey = "request id"

// IDOf is the request's id. It is safe for concurrent use, unlike the header of the answer.
func IDOf(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// NewID makes a random id of 128 bits.
func NewID() string {
	var b [16]byte
	var text [32]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	hex.Encode(text[:], b[:])
	return string(text[:])
}

// Hash is a short name for a text of any length and content, such as an OAuth state, in a key of
// the database.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func fromTrusted(r *http.Request, trusted []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) })
}

// ClientIP finds the address of the person behind the trusted proxies. Without proxies it is the
// address of the connection.
func ClientIP(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		options = append(options, echo.TrustIPRange(prefixNet(p)))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// NoticeProxy logs one line the first time that a neighbour who is no trusted proxy says for whom a
// request is. A proxy that the operator has not named makes all visitors look like one.
func NoticeProxy(log *slog.Logger, trusted []netip.Prefix) echo.MiddlewareFunc {
	var once sync.Once
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.Header.Get(echo.HeaderXForwardedFor) != "" && !fromTrusted(r, trusted) {
				once.Do(func() {
					log.Warn("X-Forwarded-For is not believed: if this neighbour is a proxy of yours, name it in TRUSTED_PROXIES, or all visitors count as one",
						slog.String("neighbour", r.RemoteAddr))
				})
			}
			return next(c)
		}
	}
}

// AccessLog counts each request and writes one line about it. The route is that of the table, empty
// for none. extra adds the facts that only the application knows, such as the person.
func AccessLog(log *slog.Logger, count func(route, method string, status int, d time.Duration), extra func(echo.Context) []slog.Attr) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := time.Now()
			calls := &callCount{}
			c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), callCountKey{}, calls)))
			err := next(c)
			if err != nil {
				c.Error(err) // answers here, so that the line has the status that was sent
			}
			took := time.Since(began)
			count(c.Path(), c.Request().Method, c.Response().Status, took)
			attrs := []slog.Attr{
				slog.String("request_id", IDOf(c)),
				slog.String("method", c.Request().Method),
				slog.String("route", c.Path()),
				slog.Int("status", c.Response().Status),
				slog.Float64("duration_ms", milliseconds(took)),
				slog.Int64("upstream_calls", calls.Load()),
				slog.String("client", c.RealIP()),
			}
			log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", append(attrs, extra(c)...)...)
			return nil
		}
	}
}

type (
	callCount    = atomic.Int64
	callCountKey struct{}
)

// CountCall adds a call to Tallyfy to the access line of its request, if there is one.
func CountCall(ctx context.Context) {
	if n, ok := ctx.Value(callCountKey{}).(*callCount); ok {
		n.Add(1)
	}
}

// ErrTooLarge means that a form, with the file in it, is larger than its reader takes.
var ErrTooLarge = errors.New("form too large")

// MaxForm is the largest form that is read, in bytes: ten thousand chosen members are about 200 kB.
// go.mod limits the number of fields.
const MaxForm = 1 << 20

// MaxStrangersForm is the largest form that is read of somebody who is not signed in.
const MaxStrangersForm = 64 << 10

// Form reads the form that was posted. Unlike FormValue it returns an error for a broken body, an
// oversized one, and one in another format.
func Form(c echo.Context) (url.Values, error) { return readForm(c, MaxForm) }

// StrangersForm is Form for somebody who is not signed in.
func StrangersForm(c echo.Context) (url.Values, error) { return readForm(c, MaxStrangersForm) }

func readForm(c echo.Context, most int64) (url.Values, error) {
	r := c.Request()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); kind != echo.MIMEApplicationForm && r.ContentLength != 0 {
		return nil, echo.NewHTTPError(http.StatusUnsupportedMediaType)
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, ErrTooLarge
		}
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	return r.PostForm, nil
}

// FileForm is Form for a form with a field for a file, which may be sent as any other form, too. The file is nil
// where none was chosen. All of it has at most so many bytes.
func FileForm(c echo.Context, field string, most int64) (form url.Values, file []byte, err error) {
	r := c.Request()
	if kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); kind != echo.MIMEMultipartForm {
		form, err = readForm(c, most)
		return form, nil, err
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, most)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	form = url.Values{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, file, nil
		}
		var data []byte
		if err == nil {
			data, err = io.ReadAll(part)
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			return nil, nil, ErrTooLarge
		case err != nil:
			return nil, nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
		case part.FormName() == field:
			file = data
		default:
			form.Add(part.FormName(), string(data))
		}
	}
}

// Param is a part of the path, unescaped. Echo leaves it escaped when the path has an escape.
func Param(c echo.Context, name string) string {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value
	}
	plain, err := url.PathUnescape(value)
	if err != nil {
		return value
	}
	return plain
}

// LocalPath returns a path that a visitor sent along if it is one of this site, and "" otherwise.
// Everything that a browser could read as another host is refused: "//host", "/\host", control
// characters. Dots are refused that climb out of the dashboard's sub-path to a neighbour on the
// same host. A space at the end is refused, because browsers drop it: dots behind it do not look
// like dots.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasSuffix(path, " ") || len(path) > 2000 ||
		strings.ContainsFunc(path, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return ""
	}
	for part := range strings.SplitSeq(u.Path, "/") { // unescaped: browsers read %2e%2e as dots, too
		if part == "." || part == ".." {
			return ""
		}
	}
	return path
}
