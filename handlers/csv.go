package handlers

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/csvfile"
	"tallyfy-admin/tallyfy"
	"tallyfy-admin/views"
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
	format := req.fileFormat()
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
	separator := csvfile.Comma
	if format.Semicolon {
		separator = csvfile.Semicolon
	}
	err := csvfile.Write(req.Response(), separator, columns, func(yield func([]string) bool) {
		for row := range rows {
			if format.MarkIDs {
				markIDs(columns, row)
			}
			if gone() || !yield(row) {
				return
			}
		}
	})
	if err != nil || gone() {
		req.logInfo("file broken off, the visitor went away", err)
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

// fileFormat is how the person wants files: as the form of a list says, which is remembered until sign-out, else
// as it said before. Without either, the browser's language decides.
func (req *request) fileFormat() views.FileFormat {
	if q := req.QueryParams(); q.Has(views.SeparatorKey) && req.route.isFile() {
		f := views.FileFormat{Semicolon: q.Get(views.SeparatorKey) == views.SeparatorSemicolon, MarkIDs: q.Has(views.MarkIDsKey)}
		if !req.fromOtherSite() {
			req.session.change(func(d *sessionData) { d.Files = &f })
		}
		return f
	}
	if f := req.session.data.Files; f != nil {
		return *f
	}
	return views.FileFormat{Semicolon: decimalComma(req.Request().Header.Get("Accept-Language"))}
}

// decimalCommas are languages that write decimals with a comma. Programs in them expect a semicolon between cells.
const decimalCommas = " af az be bg bs ca cs da de el es et eu fi fo fr gl hr hu hy id is it ka kk ky lb lt lv mk mn nb nl nn no pl pt ro ru sk sl sq sr sv tr uk uz vi "

// decimalPoints are regions where one of these languages is written with a point.
const decimalPoints = " MX US PR GT HN NI PA SV DO "

// decimalComma reports whether the first language that a browser asks for writes decimals with a comma.
func decimalComma(accepted string) bool {
	first, _, _ := strings.Cut(accepted, ",")
	first, _, _ = strings.Cut(first, ";")
	language, region, _ := strings.Cut(strings.TrimSpace(first), "-")
	if language == "" || strings.Contains(decimalPoints, " "+strings.ToUpper(region)+" ") {
		return false
	}
	return strings.Contains(decimalCommas, " "+strings.ToLower(language)+" ")
}

// idMark makes a text of an id: spreadsheet programs round long numbers, and take "12e9" for one. None of them
// drops it or asks about it, as they do with an apostrophe or a formula.
const idMark = "id:"

// markIDs marks the ids of a row.
func markIDs(columns, row []string) {
	for i, name := range columns {
		if (name == "Id" || strings.HasSuffix(name, "(id)")) && row[i] != "" {
			row[i] = idMark + row[i]
		}
	}
}
