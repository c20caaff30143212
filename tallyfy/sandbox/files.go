package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// A file is an upload. Its bytes are made when they are asked for: thousands of logos would slow
// the start.
type file struct {
	id, name   string
	mark       mark
	missing    bool // the record is there, the bytes are not
	uploadedAt time.Time
	group      *group
}

var noFile = refuse(http.StatusNotFound, "File not found")

func (s *Server) openFile(c *call) answer     { return c.file("inline") }
func (s *Server) downloadFile(c *call) answer { return c.file("attachment") }

func (c *call) file(disposition string) answer {
	if a, ok := c.empty(); !ok {
		return a
	}
	f := c.org.files[c.vars["{file_id}"]]
	if f == nil || f.missing {
		return noFile
	}
	return answer{
		status: http.StatusOK,
		header: http.Header{
			"Content-Type":        {"image/png"},
			"Content-Disposition": {fmt.Sprintf("%s; filename=%q", disposition, f.name)},
		},
		raw: f.mark.png,
	}
}

// getAsset answers with the record even when the bytes are missing, as for a logo that was lost.
func (s *Server) getAsset(c *call) answer {
	if a, ok := c.empty(); !ok {
		return a
	}
	f := c.org.files[c.vars["{asset_id}"]]
	if f == nil {
		return noFile
	}
	return item(f.record())
}

func (f *file) record() assetWire {
	return assetWire{
		ID: f.id, Filename: f.name, Version: 1, UploadedFrom: "group", UploadedAt: plainDate(f.uploadedAt),
		Source: "local", UploadedToS3: !f.missing, Subject: assetSubjectWire{ID: f.group.id, Type: "Group"},
	}
}

// addLogo gives a group a logo. The file has the mark's name.
func (o *organisation) addLogo(g *group, m mark, missing bool) {
	f := &file{
		id: makeID(o.id+"/file", len(o.files)+1), name: m.filename(), mark: m, missing: missing,
		uploadedAt: g.createdAt, group: g,
	}
	g.logo = f.id
	o.files[f.id] = f
}
