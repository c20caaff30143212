package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"tallyfy-admin/handlers/bulk"
	"tallyfy-admin/handlers/directory"
	"tallyfy-admin/handlers/web"
	"tallyfy-admin/views"
	"tallyfy-admin/views/names"
	"tallyfy-admin/views/words"
)

// mostJobs is how many jobs a page lists.
const mostJobs = 50

// listJobs lists the jobs of the last 90 days, the newest first.
func listJobs(req *request) error {
	admin, err := req.isAdmin(req.ctx())
	if err != nil {
		return err
	}
	owner := req.who.UserID
	if admin {
		owner = ""
	}
	list, err := req.app.Jobs.Jobs(req.ctx(), req.org(), owner, req.QueryParam("before"), mostJobs+1)
	if err != nil {
		return err
	}
	v := views.JobList{KeptDays: int(bulk.Keep / (24 * time.Hour)), Before: req.QueryParam("before")}
	if len(list) > mostJobs {
		list = list[:mostJobs]
		v.Older = list[len(list)-1].ID
	}
	for _, j := range list {
		counts, err := req.jobCounts(j)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, req.jobHead(j, counts))
	}
	return req.show(http.StatusOK, views.Jobs(req.page("Jobs", views.SectionActivity), v))
}

// showJob shows how far a job is, as its rows say.
func showJob(req *request) error {
	j, err := req.job(web.Param(req, "job"))
	if err != nil {
		return err
	}
	if j.State == bulk.Planned {
		return req.goTo(req.urls().Bulk(j.ID))
	}
	if members, _, ok := req.app.Directory.Cached(req.scope); ok && members.ReadAt.Before(j.Changed) && j.State != bulk.Running {
		req.drop(directory.Change{Members: true}) // a job that another process worked at
	}
	return req.showJobPage(j)
}

// progress is how far a job is, as static/js/job.js takes it.
type progress struct {
	Done   int    `json:"done"`
	Of     int    `json:"of"`
	Moving bool   `json:"moving"`
	Text   string `json:"text"`
}

// showProgress sends how far a job is, each time that it changes. The browser asks anew after each answer, which
// ends before the time for a page is over: nothing hangs on a connection that is gone.
func showProgress(req *request) error {
	j, err := req.job(web.Param(req, "job"))
	if err != nil {
		return err
	}
	h := req.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	req.Response().WriteHeader(http.StatusOK)
	ctx := req.Request().Context()
	last := ""
	for {
		j, err = req.app.Jobs.Job(ctx, req.org(), j.ID)
		var counts map[bulk.State]int
		if err == nil {
			counts, err = req.jobCounts(j)
		}
		if err != nil || req.signedOut() {
			return nil //nolint:nilerr // the answer has begun: the browser asks anew, and is told then
		}
		head := req.jobHead(j, counts)
		data, _ := json.Marshal(progress{head.Ended(), head.Works(), head.Moving, head.Progress()}) // numbers and texts only
		if now := fmt.Sprintf("id: %d\nretry: 2000\ndata: %s\n\n", j.Changed.UnixMilli(), data); now != last {
			if _, err := req.Response().Write([]byte(now)); err != nil {
				return nil //nolint:nilerr // the visitor went away
			}
			req.Response().Flush()
			last = now
		}
		if !head.Moving {
			return nil
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil
		}
	}
}

// exportFailed sends the lines that did not work as a file that can be given again.
func exportFailed(req *request) error {
	j, err := req.openJob(web.Param(req, "job"))
	if err != nil {
		return err
	}
	rows, err := req.app.Jobs.Rows(req.ctx(), j.ID, bulk.Failed, bulk.Unknown, bulk.Held, bulk.Cant, bulk.Skipped)
	if err != nil {
		return err
	}
	columns, lines := bulk.FailedFile(j, rows)
	return req.sendFile("not-done", columns, iter.Seq[[]string](slices.Values(lines)))
}

// changeJob pauses, goes on with, stops or retries a job.
func changeJob(act func(req *request, j *bulk.Job) error) func(req *request) error {
	return func(req *request) error {
		form, err := req.form()
		if err != nil {
			return err
		}
		j, err := req.openJob(web.Param(req, "job"))
		if err != nil {
			return err
		}
		req.returnTo = req.urls().Local(req.urls().Job(j.ID))
		if j.Owner.ID != string(req.who.UserID) && form.Get("instead") == "" {
			req.notice(views.Notice{Kind: views.NoticeWarning, Text: "This is the job of " + names.Isolate(j.Owner.Name) + ". Tick the box to act in their place."})
			return req.goTo(req.urls().Job(j.ID))
		}
		switch err := act(req, j); {
		case errors.Is(err, bulk.ErrNotNow):
			req.notice(views.Notice{Kind: views.NoticeInfo, Text: "The job was in another state by then. This is how it is now."})
		case err != nil:
			return err
		}
		return req.goTo(req.urls().Job(j.ID))
	}
}

func pauseJob(req *request, j *bulk.Job) error {
	return req.app.Jobs.Pause(req.ctx(), j, "", false)
}

func stopJob(req *request, j *bulk.Job) error { return req.app.Jobs.Stop(req.ctx(), j) }

func resumeJob(req *request, j *bulk.Job) error {
	err := req.app.Jobs.Start(req.ctx(), j, req.me(), req.who.Token)
	if err == nil || errors.Is(err, bulk.ErrNotNow) {
		req.deliver(j.ID)
	}
	return err
}

func retryJob(req *request, j *bulk.Job) error {
	n, err := req.app.Jobs.Retry(req.ctx(), j, req.me(), req.who.Token)
	if err == nil && n > 0 {
		req.deliver(j.ID)
		req.notice(views.Notice{Kind: views.NoticeInfo, Text: words.Count(n, "row is", "rows are") + " tried again."})
	}
	return err
}
