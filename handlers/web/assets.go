package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"
)

// LogAssets counts requests for style sheets, scripts and icons, and writes their access lines.
// They have no session, so the line names no person. route is the label for all of them.
func LogAssets(log *slog.Logger, count func(route, method string, status int, d time.Duration), route string, trusted []netip.Prefix, next http.Handler) http.Handler {
	clientIP := ClientIP(trusted)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		id := requestID(r, trusted)
		w.Header().Set(echo.HeaderXRequestID, id)
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		took := time.Since(began)
		count(route, r.Method, answer.status, took)
		log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request_id", id), slog.String("method", r.Method), slog.String("route", route),
			slog.Int("status", answer.status), slog.Float64("duration_ms", milliseconds(took)), slog.Int64("upstream_calls", 0), slog.String("client", clientIP(r)))
	})
}

// A statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader sends the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
