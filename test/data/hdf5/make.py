"""Makes odd.h5.gz, what HDF5 can hold besides plain datasets, some of it to harm whoever reads it, and amplified.h5.gz: a
list of strings that are all the same megabyte.

    pip install h5py && python make.py
"""

import gzip
import io
import os

import h5py
import numpy as np

buffer = io.BytesIO()
with h5py.File(buffer, "w") as f:
    # Values i·7 mod 1000: more than one block of the reader, in one piece, in chunks, as floats of other sizes.
    pattern = (np.arange(3 * 1300 * 700) * 7 % 1000).reshape(3, 1300, 700)
    f.create_dataset("plain", data=pattern.astype("<f4"))
    f.create_dataset("chunked", data=pattern.astype("<f4"), chunks=(2, 500, 300), compression="gzip", shuffle=True)
    f.create_dataset("int16", data=pattern.astype(">i2"), chunks=(1, 1300, 700), compression="gzip")
    for kind in ("<f8", ">f8", ">f4", "<f2", ">f2", "<i1", "<u1", ">u2", "<i4", ">u4", "<i8"):
        f.create_dataset(f"types/{kind}", data=np.array([[0, 1, 2], [3, 4, 100]], kind))
    f.create_dataset("scalar", data=np.float32(2.5))
    f.create_dataset("empty", data=np.zeros((0, 4), "<f4"))
    f.create_dataset("null", data=h5py.Empty("<f4"))
    f.create_dataset("record", data=np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
    f.create_dataset("words", data=np.array([b"one", b"two"]))
    f.create_dataset("complex", data=np.zeros(2, "<c8"))
    # More than the file can say.
    f.create_dataset("absurd", (2**40, 2**20), "<f4", chunks=(1024, 1024))
    f.create_dataset("bomb", data=np.zeros((80, 2**20), "<f4"), chunks=(1, 2**20), compression="gzip")
    f.create_dataset("wide", (2**15, 2**15), "<f4", chunks=(2**14, 2**14))
    # What leads elsewhere, or nowhere.
    f["circle"] = f["/"]
    f["soft1"] = h5py.SoftLink("/soft2")
    f["soft2"] = h5py.SoftLink("/soft1")
    f["nowhere"] = h5py.SoftLink("/nothing")
    f["outside"] = h5py.ExternalLink("/etc/hostname", "/")
    f.create_dataset("raw", (4,), "<u1", external=[("/etc/hostname", 0, 4)])
    f.create_dataset("device", (4,), "<u1", external=[("/dev/urandom", 0, 4)])
    layout = h5py.VirtualLayout((4,), "<f4")
    layout[:] = h5py.VirtualSource("other.h5", "values", (4,))
    f.create_virtual_dataset("virtual", layout)
    f.attrs["text"] = "grüße"
    f.attrs["bytes"] = np.bytes_("gr\u00fc\u00dfe".encode())
    f.attrs["list"] = ["a", "bc", ""]
    f.attrs["fixed"] = np.array([b"a  ", b"bc"])
    f.attrs["none"] = np.array([])
    f.attrs["number"] = 3
    f.attrs["blank"] = h5py.Empty("S1")


def write(name, content):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.gz"), "wb") as out:
        out.write(gzip.compress(content, 9, mtime=0))


write("odd.h5", buffer.getvalue())

COUNT, LENGTH = 3000, 2**20
buffer = io.BytesIO()
with h5py.File(buffer, "w") as f:
    f.attrs["layer_names"] = ["x" * LENGTH] + ["y"] * (COUNT - 1)
content = bytearray(buffer.getvalue())
# An element is a length, an address of 8 bytes and an index.
at = content.index(LENGTH.to_bytes(4, "little"))
while content[at + 16 : at + 20] != (1).to_bytes(4, "little"):
    at = content.index(LENGTH.to_bytes(4, "little"), at + 1)
content[at : at + 16 * COUNT] = content[at : at + 16] * COUNT
write("amplified.h5", bytes(content))
