package handlers

import (
	"bytes"
	"iter"
	"net/http"
	"time"

	"tallyfy-admin/handlers/csvfile"

	"github.com/labstack/echo/v4"
)

// sendFile makes the file in memory and sends it: a failure is a page, never half a file.
func (req *request) sendFile(what string, columns []string, rows iter.Seq[[]string]) error {
	var file bytes.Buffer
	if err := csvfile.Write(&file, columns, rows); err != nil {
		return err
	}
	if req.signedOut() {
		return req.sendToSignIn("")
	}
	h := req.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+csvfile.Name(req.app.Now(), what, req.who.Organisation.Name)+`"`)
	h.Set(echo.HeaderCacheControl, "no-store")
	return req.Blob(http.StatusOK, "text/csv; charset=utf-8", file.Bytes())
}

// inFile writes a time as spreadsheet programs and other programs read it: UTC, without the T.
func inFile(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
