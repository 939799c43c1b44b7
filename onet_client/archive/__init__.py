"""O*NET's archive of text releases: which there are, and how one comes here whole.

The archive is <https://www.onetcenter.org/database.html>, which links the current release, and
`dl_files/database/` beside it, which holds that and older ones. `archive.Archive` asks it.
"""
