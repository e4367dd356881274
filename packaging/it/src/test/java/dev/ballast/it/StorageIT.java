package dev.ballast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Images and volumes of a real host: qemu-img makes them, QEMU opens them, libvirt names them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StorageIT {
  private static final String HOST = "h1";
  private static final String VM = "store-1";
  private static final String SNAP = "store-2";

  private final Lab lab = Lab.up(2);
  private Cluster cluster;
  private Path files;
  private Path specs;
  private String digest = "";
  private String removal = "";

  @BeforeAll
  void start() throws IOException {
    files = Files.createTempDirectory("ballast-storage-it");
    cluster =
        Cluster.startWith(
            lab,
            "auto",
            "",
            "\nstorage:\n  images: " + files("images") + "\n  pools: [" + files("volumes") + "]\n",
            HOST);
    lab.exec(HOST, "qemu-img", "create", "-q", "-f", "qcow2", files("golden.qcow2"), "64M")
        .orFail();
    digest = lab.exec(HOST, "sha256sum", files("golden.qcow2")).orFail().split(" ")[0];
    specs = cluster.directory.resolve("specs");
    Path vm = cluster.guest(specs, VM, HOST);
    Files.writeString(
        vm,
        "disks:\n  - {image: golden, size: 96MiB, pool: "
            + files("volumes")
            + "}\n  - {size: 8MiB, format: raw, pool: "
            + files("volumes")
            + "}\n",
        StandardOpenOption.APPEND);
    Files.writeString(
        specs.resolve("golden.yaml"),
        "kind: Image\nname: golden\nformat: qcow2\nsource: file://"
            + files("golden.qcow2")
            + "\nsha256: "
            + digest
            + "\n");
  }

  private String files(String name) {
    return files.resolve(name).toString();
  }

  @AfterAll
  void stop() throws IOException {
    lab.clear(HOST);
    cluster.close();
    lab.exec(HOST, "chattr", "-R", "-i", files.toString());
    Programs.deleteTree(files);
  }

  @Test
  @Order(1)
  void aVmComesWithItsImageAndItsDisks() {
    cluster.ballast("apply", "-f", specs.toString()).orFail();
    assertThat(files.resolve("volumes")).doesNotExist();

    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    lab.awaitGuest(HOST, VM);
    assertThat(lab.virsh(HOST, "domblklist", VM))
        .contains(files("volumes/store-1-vda.qcow2"))
        .contains(files("volumes/store-1-vdb.raw"));
    assertThat(
            lab.exec(HOST, "qemu-img", "info", "-U", files("volumes/store-1-vda.qcow2")).orFail())
        .contains("virtual size: 96 MiB")
        .contains("backing file: " + files("images/golden.qcow2"));
    assertThat(cluster.ballast("image", "list").orFail())
        .contains("golden")
        .contains("intact")
        .contains("sha256:" + digest.substring(0, 12));
    assertThat(lab.exec(HOST, "sh", "-c", "echo x >>" + files("images/golden.qcow2")).exit())
        .isNotZero();
    assertThat(cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit()).isZero();
  }

  @Test
  @Order(2)
  void anImageInUseStaysAndOneWithAnotherDigestIsRefused() {
    Shell.Result remove = cluster.ballast("image", "remove", "golden", "--run");
    assertThat(remove.exit()).isEqualTo(4);
    assertThat(remove.out() + remove.err()).contains("holds only what differs from golden");

    Shell.Result wrong =
        cluster.ballast(
            "image",
            "fetch",
            "wrong",
            "--source",
            "file://" + files("golden.qcow2"),
            "--sha256",
            "0".repeat(64),
            "--run");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.out() + wrong.err()).contains("it is not the image that was meant");
    assertThat(files.resolve("images/wrong.qcow2")).doesNotExist();
  }

  @Test
  @Order(3)
  void anEditedImageIsDrift() {
    cluster
        .ballast(
            "image",
            "fetch",
            "spare",
            "--source",
            "file://" + files("golden.qcow2"),
            "--sha256",
            digest,
            "--run")
        .orFail();
    lab.exec(HOST, "chattr", "-i", files("images/spare.qcow2"));
    lab.exec(HOST, "sh", "-c", "echo x >>" + files("images/spare.qcow2")).orFail();

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("drift").out().contains("edited since it was fetched"));
    cluster.ballast("image", "remove", "spare", "--run").orFail();
    await().atMost(Duration.ofSeconds(30)).until(() -> cluster.ballast("drift").exit() == 0);
  }

  @Test
  @Order(4)
  void aRunningVmsDiskGrowsAndNeverShrinks() throws IOException {
    resize("96MiB", "112MiB");
    assertThat(cluster.ballast("plan", "-f", specs.toString()).orFail())
        .contains("point of no return")
        .contains("grows from 96MiB to 112MiB while it runs");

    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();

    assertThat(lab.virsh(HOST, "domblkinfo", VM, "vda")).containsPattern("Capacity: +117440512");
    assertThat(cluster.ballast("plan", "-f", specs.toString(), "--exit-code").exit()).isZero();
    resize("112MiB", "96MiB");
    Shell.Result less = cluster.ballast("apply", "-f", specs.toString(), "--run");
    assertThat(less.exit()).isEqualTo(4);
    assertThat(less.out() + less.err()).contains("cannot shrink");
    resize("96MiB", "112MiB");
  }

  private void resize(String from, String to) throws IOException {
    Path vm = specs.resolve(VM + ".yaml");
    Files.writeString(vm, Files.readString(vm).replace(from, to));
  }

  @Test
  @Order(5)
  void aDiskThatIsNoQcow2HoldsNoSnapshot() {
    Shell.Result refused = cluster.ballast("snapshot", VM, "first", "--run");

    assertThat(refused.exit()).isEqualTo(4);
    assertThat(refused.out() + refused.err())
        .contains("store-1-vdb.raw is raw: an internal snapshot lies in the disks");
  }

  @Test
  @Order(6)
  void aRunningGuestGoesBackToItsSnapshot() throws IOException {
    Path second = cluster.guest(specs, SNAP, HOST);
    Files.writeString(
        second,
        "disks:\n  - {size: 16MiB, pool: " + files("volumes") + "}\n",
        StandardOpenOption.APPEND);
    cluster.ballast("apply", "-f", specs.toString(), "--run").orFail();
    lab.awaitGuest(HOST, SNAP);

    String taken = cluster.ballast("snapshot", SNAP, "first", "--run").orFail();

    assertThat(taken).contains("snapshot first of " + SNAP + ": applied");
    assertThat(lab.virsh(HOST, "snapshot-list", SNAP, "--name").strip()).isEqualTo("first");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("snapshots", SNAP).out().contains("first"));
    assertThat(cluster.ballast("snapshots").orFail()).contains("runs").contains("in the disks");
    lab.virsh(HOST, "destroy", SNAP);
    awaitState(SNAP, "shut-off");

    cluster.ballast("revert", SNAP, "first", "--run").orFail();

    assertThat(lab.virsh(HOST, "domstate", SNAP).strip()).isEqualTo("running");
  }

  @Test
  @Order(7)
  void aVmWithASnapshotStaysUntilThatIsDeleted() throws IOException {
    lab.virsh(HOST, "destroy", SNAP);
    awaitState(SNAP, "shut-off");
    Path second = specs.resolve(SNAP + ".yaml");
    String text = Files.readString(second);
    Files.delete(second);
    Shell.Result kept = cluster.ballast("apply", "-f", specs.toString(), "--prune", "--run");
    assertThat(kept.exit()).isEqualTo(4);
    assertThat(kept.out() + kept.err()).contains("has snapshot first");

    String deleted = cluster.ballast("snapshot", SNAP, "first", "--delete", "--run").orFail();

    assertThat(deleted).contains("applied");
    assertThat(lab.virsh(HOST, "snapshot-list", SNAP, "--name").strip()).isEmpty();
    Files.writeString(second, text);
    String off = cluster.ballast("snapshot", SNAP, "cold", "--run").orFail();
    assertThat(off).contains("applied");
    String operation = off.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("snapshots", SNAP).out().contains("cold"));
    cluster.ballast("rollback", operation, "--run").orFail();
    assertThat(lab.virsh(HOST, "snapshot-list", SNAP, "--name").strip()).isEmpty();
    Files.delete(second);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !cluster.ballast("snapshots", SNAP).out().contains("cold"));
    cluster.ballast("apply", "-f", specs.toString(), "--prune", "--run").orFail();
  }

  private void awaitState(String vm, String state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("vms", vm).out().contains(state));
  }

  @Test
  @Order(8)
  void aRemovedVmLeavesItsDisksInTheTrash() throws IOException {
    lab.virsh(HOST, "destroy", VM);
    Files.writeString(files.resolve("volumes/store-1-vdb.raw"), "kept", StandardOpenOption.WRITE);
    Files.delete(specs.resolve(VM + ".yaml"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("vms", VM).out().contains("shut-off"));

    String output = cluster.ballast("apply", "-f", specs.toString(), "--prune", "--run").orFail();

    removal = output.replaceAll("(?s).*\\b(op-[0-9]+)\\b.*", "$1");
    assertThat(output).contains("its volumes go into the trash of h1");
    assertThat(files.resolve("volumes/store-1-vdb.raw")).doesNotExist();
    assertThat(trash()).contains("volume of store-1").contains("4 files in the trash");
  }

  @Test
  @Order(9)
  void rollbackBringsThemBackWithTheirData() throws IOException {
    cluster.ballast("rollback", removal, "--run").orFail();

    assertThat(Files.readString(files.resolve("volumes/store-1-vdb.raw"))).startsWith("kept");
    assertThat(lab.virsh(HOST, "domblklist", VM)).contains(files("volumes/store-1-vda.qcow2"));
  }

  @Test
  @Order(10)
  void purgedIsGone() {
    assertThat(trash()).contains("image spare").contains("2 files in the trash");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> cluster.ballast("trash", HOST).out().lines().count() == 3);
    String plan = cluster.ballast("purge", HOST).orFail();
    assertThat(plan).contains("point of no return").contains("image spare goes for good");
    assertThat(trash()).contains("2 files in the trash");

    cluster.ballast("purge", HOST, "--run").orFail();

    assertThat(trash()).contains("nothing in the trash");
    assertThat(cluster.ballast("purge", HOST, "--older-than", "0s", "--run").orFail())
        .contains("Nothing to do");
  }

  private String trash(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "trash";
    arguments[1] = "--config";
    arguments[2] =
        cluster.directory.resolve("hosts").resolve(HOST).resolve("agent.yaml").toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Programs.run(lab, HOST, "ballast-agent", arguments).orFail();
  }
}
