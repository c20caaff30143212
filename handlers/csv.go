package handlers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/csvfile"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/tallyfy"
)

const (
	// mostFiles and mostOwnFiles are how many files are made at the same time, in all and for one
	// person: each holds a list of the whole organisation until the slowest browser has it.
	mostFiles, mostOwnFiles = 8, 2
	// fileWait is when to ask again for a file that was one too many.
	fileWait = 5 * time.Second
)

// fileSlots counts the files that are being made.
type fileSlots struct {
	mu  sync.Mutex
	all int
	of  map[tallyfy.UserID]int
}

// take takes a slot. done gives it back; it is nil if there is none.
func (s *fileSlots) take(person tallyfy.UserID) (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= mostFiles || s.of[person] >= mostOwnFiles {
		return nil
	}
	s.all++
	s.of[person]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.of[person]--; s.of[person] == 0 {
			delete(s.of, person)
		}
	}
}

// isFile reports that a route sends a file. An old address only leads to one.
func (r route) isFile() bool { return r.access == signedIn && strings.HasSuffix(r.path, ".csv") }

// file answers a route that sends a file, if there is a slot for it. Most of a file comes from
// memory, so Tallyfy is asked first whether the token still works in the organisation.
func (req *request) file(handle func(*request) error) error {
	done := req.app.files.take(req.who.UserID)
	if done == nil {
		req.retryAfter(fileWait)
		return &problem{
			status: http.StatusTooManyRequests, title: "Too many files are being made",
			text:  fmt.Sprintf("A person can have %d files made at the same time, and all people together %d. Please try again when the others are there.", mostOwnFiles, mostFiles),
			links: req.tryAgain(),
		}
	}
	defer done()
	var err error
	if req.asked, err = req.membership(req.ctx(), true); err != nil {
		return err
	}
	return handle(req)
}

// sendFile sends the file row by row, until the visitor goes away. Whatever can fail has to be read
// before: a failure is a page, never half a file.
func (req *request) sendFile(what string, columns []string, rows iter.Seq[[]string]) error {
	if req.leftUnderWay() {
		return req.sendToSignIn("")
	}
	h := req.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+csvfile.Name(req.app.Now(), what, req.who.Organisation.Name)+`"`)
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	req.Response().WriteHeader(http.StatusOK)
	if req.Request().Method == http.MethodHead {
		return nil
	}
	ctx := req.Request().Context()
	gone := func() bool { return errors.Is(ctx.Err(), context.Canceled) } // the time for a page does not count any more
	err := csvfile.Write(req.Response(), columns, func(yield func([]string) bool) {
		for row := range rows {
			if gone() || !yield(row) {
				return
			}
		}
	})
	if err != nil || gone() {
		req.app.Log.Info("file broken off, the visitor went away", slog.String("request_id", web.IDOf(req)), slog.Any("error", err))
	}
	return nil
}

// inFile writes a time as spreadsheet programs and other programs read it: UTC, without the T.
func inFile(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
